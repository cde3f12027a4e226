// Small runtime checks for what comes over a link. A check returns '' or what is wrong, with the path to it.
import { MoltError } from './errors'

export interface Check<T> {
  /** Only for the compiler: what a value that passed is. */
  readonly type?: T
  problem(value: unknown, path: string): string
}

const make = <T>(problem: (value: unknown, path: string) => string): Check<T> => ({ problem })

export const text: Check<string> = make((v, path) => (typeof v === 'string' ? '' : `${path} must be a string`))
export const flag: Check<boolean> = make((v, path) => (typeof v === 'boolean' ? '' : `${path} must be true or false`))
export const whole = (low = 0, high = Number.MAX_SAFE_INTEGER): Check<number> =>
  make((v, path) => (Number.isInteger(v) && (v as number) >= low && (v as number) <= high
    ? '' : `${path} must be a whole number from ${low} to ${high}`))
/** A number that may be a fraction, from 0 on. */
export const amount: Check<number> =
  make((v, path) => (typeof v === 'number' && Number.isFinite(v) && v >= 0 ? '' : `${path} must be a number from 0 on`))
export const bytes: Check<Uint8Array> = make((v, path) => (v instanceof Uint8Array ? '' : `${path} must be bytes`))

export const oneOf = <const T extends string | number>(...values: T[]): Check<T> =>
  make((v, path) => (values.includes(v as T) ? '' : `${path} must be one of ${values.join(', ')}`))

export const list = <T>(item: Check<T>, length?: number): Check<T[]> =>
  make((v, path) => {
    if (!Array.isArray(v)) return `${path} must be a list`
    if (length !== undefined && v.length !== length) return `${path} must have ${length} items`
    for (let i = 0; i < v.length; i++) {
      const problem = item.problem(v[i], `${path}[${i}]`)
      if (problem) return problem
    }
    return ''
  })

export const either = <A, B>(a: Check<A>, b: Check<B>): Check<A | B> =>
  make((v, path) => (a.problem(v, path) && b.problem(v, path) ? `${a.problem(v, path)}, or ${b.problem(v, path)}` : ''))

type Fields = Record<string, Check<unknown>>
type Required<F extends Fields> = { [K in keyof F]: F[K] extends Check<infer T> ? T : never }

/** An object with exactly these fields; those of `optional` may be missing. */
export const record = <R extends Fields, O extends Fields = {}>(
  required: R, optional?: O,
): Check<Required<R> & Partial<Required<O>>> =>
  make((v, path) => {
    if (typeof v !== 'object' || v === null || Array.isArray(v)) return `${path} must be an object`
    for (const key of Object.keys(v)) {
      if (!Object.hasOwn(required, key) && !(optional && Object.hasOwn(optional, key))) return `${path}.${key} is not known`
    }
    const object = v as Record<string, unknown>
    for (const key in required) {
      const problem = required[key]!.problem(object[key], `${path}.${key}`)
      if (problem) return problem
    }
    for (const key in optional) {
      if (object[key] === undefined) continue
      const problem = optional[key]!.problem(object[key], `${path}.${key}`)
      if (problem) return problem
    }
    return ''
  })

/** The value itself if it passes, else a MoltError 'bad-request'. */
export function checked<T>(check: Check<T>, value: unknown, name: string): T {
  const problem = check.problem(value, name)
  if (problem) throw new MoltError('bad-request', `The request is not understood: ${problem}.`)
  return value as T
}
