// Made-up lines of programs whose shape is known: each allocates and frees step by step, with noise, and is sampled as a
// recording is.
import type { GrowthSeries, GrowthShape } from '../growth'

/** Repeatable random numbers in [0, 1). */
export function randomOf(seed: number): () => number {
  let state = seed * 2654435761 >>> 0 || 1
  return () => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 32
  }
}

/** Counts what comes and goes, and samples it in slots. */
class Meter {
  live = 0
  born = 0
  freed = 0
  private low = 0
  readonly rows: number[][] = []
  add(bytes: number): void {
    if (bytes >= 0) this.born += bytes
    else {
      bytes = -Math.min(-bytes, this.live)
      this.freed -= bytes
    }
    this.live += bytes
    if (this.live < this.low) this.low = this.live
  }
  to(level: number): void { this.add(level - this.live) }
  sample(tick: number): void {
    this.rows.push([tick, this.live, this.low, this.born, this.freed])
    this.low = this.live
  }
}

type Program = (random: () => number, steps: number) => (step: number, meter: Meter) => void

const STEPS = 4096
const between = (random: () => number, low: number, high: number) => low + random() * (high - low)
/** Over several sizes of ten. */
const sized = (random: () => number) => 10 ** between(random, 3.3, 7.5)

/** Capacity of a list after appending to it one by one. Mirrors list_resize's growth. */
const listCapacity = (length: number): number => {
  let capacity = 0
  while (capacity < length) capacity = capacity + 1 + (capacity + 1 >> 3) + 6 & ~3
  return capacity
}

const steadily = (random: () => number, steps: number, from: number, to: number, total: number) => {
  const chance = between(random, 0.05, 1)
  const each = total / Math.max(1, (to - from) * steps * chance)
  return (step: number, meter: Meter) => {
    if (step >= from * steps && step < to * steps && random() < chance) meter.add(each * between(random, 0.5, 1.5))
  }
}

export const PROGRAMS: Record<GrowthShape, Record<string, Program>> = {
  leak: {
    'from the start': (random, steps) => steadily(random, steps, 0, 1, sized(random)),
    'after a while': (random, steps) => steadily(random, steps, between(random, 0.1, 0.6), 1, sized(random)),
    'on a base': (random, steps) => {
      const total = sized(random)
      const grow = steadily(random, steps, between(random, 0.05, 0.3), 1, total)
      const base = total * between(random, 0.2, 3)
      return (step, meter) => {
        if (step === 2) meter.add(base)
        grow(step, meter)
      }
    },
    'list items': (random, steps) => {
      const per = between(random, 1, 200)
      let length = 0
      let capacity = 0
      return (_step, meter) => {
        length += per * between(random, 0.7, 1.3)
        if (length > capacity) meter.to(8 * (capacity = listCapacity(length)))
      }
    },
    'among temporaries': (random, steps) => {
      const total = sized(random)
      const grow = steadily(random, steps, between(random, 0, 0.3), 1, total)
      const scratch = total * between(random, 0.02, 0.5)
      let held = 0
      return (step, meter) => {
        grow(step, meter)
        if (held > 0 && random() < 0.5) {
          meter.add(-held)
          held = 0
        }
        const size = scratch * random()
        meter.add(size)
        if (held > 0 || random() < 0.97) meter.add(-size)
        else held = size
      }
    },
    'in bursts': (random, steps) => {
      const bursts = Math.floor(between(random, 8, 40))
      const each = sized(random) / bursts
      const every = steps / bursts
      let next = every * random()
      return (step, meter) => {
        if (step < next) return
        meter.add(each * between(random, 0.7, 1.3))
        next += every
      }
    },
    'freed in part, late': (random, steps) => {
      const grow = steadily(random, steps, 0, 1, sized(random))
      const when = Math.floor(steps * between(random, 0.6, 0.97))
      const share = between(random, 0.1, 0.5)
      return (step, meter) => {
        grow(step, meter)
        if (step === when) meter.add(-meter.live * share)
      }
    },
    'cycles collected now and then, some kept': (random, steps) => {
      const grow = steadily(random, steps, 0, 1, 1e6)
      const every = Math.floor(between(random, 60, 400))
      const each = between(random, 500, 1500) * 100 / every
      let garbage = 0
      return (step, meter) => {
        grow(step, meter)
        meter.add(each)
        garbage += each
        if (step % every === 0) {
          meter.add(-garbage)
          garbage = 0
        }
      }
    },
    'slower and slower': (random, steps) => {
      const total = sized(random)
      return (step, meter) => meter.to(Math.max(meter.live, total * Math.sqrt(step / steps)))
    },
  },
  'bounded-cache': {
    'fills and rests': (random, steps) => steadily(random, steps, between(random, 0, 0.2), between(random, 0.3, 0.55), sized(random)),
    'fills by chance': (random, steps) => {
      const slots = Math.floor(between(random, 20, 1000))
      const full = new Uint8Array(slots)
      const each = sized(random) / slots
      const tries = slots * between(random, 5, 12) / steps
      let due = 0
      return (_step, meter) => {
        for (due += tries; due >= 1; due--) {
          const slot = Math.floor(random() * slots)
          if (full[slot] === 0) {
            full[slot] = 1
            meter.add(each)
          }
        }
      }
    },
    'evicts the oldest': (random, steps) => {
      const limit = Math.floor(between(random, 50, 1500))
      const each = sized(random) / limit
      const queue: number[] = []
      return (_step, meter) => {
        const size = each * between(random, 0.5, 1.5)
        queue.push(size)
        meter.add(size)
        if (queue.length > limit) meter.add(-queue.shift()!)
      }
    },
    'rests noisily': (random, steps) => {
      const total = sized(random)
      const until = between(random, 0.2, 0.5)
      const noise = between(random, 0.01, 0.08)
      return (step, meter) => meter.to(Math.min(1, step / steps / until) * total * (1 + noise * (random() - 0.5) * 2))
    },
  },
  sawtooth: {
    'buffer flushed': (random, steps) => {
      const teeth = Math.floor(between(random, 3, 25))
      const each = sized(random) * teeth / steps
      const every = Math.floor(steps / teeth)
      const left = between(random, 0, 0.15)
      const phase = Math.floor(random() * every)
      return (step, meter) => {
        meter.add(each * between(random, 0.5, 1.5))
        if ((step + phase) % every === 0) meter.add(-meter.live * (1 - left))
      }
    },
    'requests kept a while': (random, steps) => {
      const teeth = Math.floor(between(random, 4, 20))
      const size = sized(random)
      const every = steps / teeth
      return (step, meter) => {
        const part = step % every / every
        meter.to(part > 0.2 && part < 0.8 ? size * between(random, 0.95, 1.05) : 0)
      }
    },
    'on a base': (random, steps) => {
      const teeth = Math.floor(between(random, 3, 20))
      const size = sized(random)
      const base = size * between(random, 0.1, 0.8)
      const every = steps / teeth
      return (step, meter) => meter.to(base + size * (step % every / every))
    },
  },
  'one-off': {
    'one block': (random, steps) => {
      const when = Math.floor(steps * between(random, 0.03, 0.8))
      const size = sized(random)
      return (step, meter) => { if (step === when) meter.add(size) }
    },
    'table loaded': (random, steps) => {
      const when = between(random, 0.05, 0.8)
      return steadily(random, steps, when, when + 0.01, sized(random))
    },
    'with scratch': (random, steps) => {
      const when = Math.floor(steps * between(random, 0.03, 0.7))
      const size = sized(random)
      return (step, meter) => {
        if (step === when) meter.add(size)
        meter.add(size * 0.3)
        meter.add(-size * 0.3)
      }
    },
  },
  'shutdown-only': {
    'kept from early on': (random, steps) => {
      const when = Math.floor(steps * between(random, 0.02, 0.5))
      const size = sized(random)
      return (step, meter) => {
        if (step === when) meter.add(size)
        if (step === steps - 1) meter.to(0)
      }
    },
    'grown until the end': (random, steps) => {
      const grow = steadily(random, steps, 0, 1, sized(random))
      const end = Math.floor(steps * between(random, 0.96, 1)) - 1
      return (step, meter) => {
        if (step < end) grow(step, meter)
        else if (step === end) meter.to(0)
      }
    },
    'a full cache': (random, steps) => {
      const grow = steadily(random, steps, 0, between(random, 0.3, 0.6), sized(random))
      const end = Math.floor(steps * between(random, 0.96, 1)) - 1
      return (step, meter) => {
        grow(step, meter)
        if (step === end) meter.to(meter.live * 0.05)
      }
    },
  },
  flat: {
    'from the start': random => {
      const size = sized(random)
      return (step, meter) => { if (step === 0) meter.add(size) }
    },
    'from the start, with scratch': random => {
      const size = sized(random)
      const noise = between(random, 0, 0.05)
      return (_step, meter) => meter.to(size * (1 + noise * random()))
    },
  },
  temporary: {
    'at once': random => {
      const size = sized(random)
      return (_step, meter) => {
        meter.add(size * random())
        meter.to(0)
      }
    },
    'sampled alive': random => {
      const size = sized(random)
      return (step, meter) => meter.to(step % 3 === 0 ? 0 : size * random())
    },
    'one phase': (random, steps) => {
      const from = between(random, 0.05, 0.4)
      const to = from + between(random, 0.05, 0.4)
      const size = sized(random)
      return (step, meter) => meter.to(step > from * steps && step < to * steps ? size * between(random, 0.97, 1.03) : 0)
    },
  },
}

export function runProgram(program: Program, seed: number, slots: number): GrowthSeries {
  const random = randomOf(seed)
  for (let i = 0; i < 8; i++) random()
  const step = program(random, STEPS)
  const meter = new Meter()
  let slot = 1
  for (let i = 0; i < STEPS; i++) {
    step(i, meter)
    if ((i + 1) * slots >= slot * STEPS) {
      meter.sample((i + 1) * 1000)
      slot++
    }
  }
  const column = (at: number) => Float64Array.from(meter.rows, row => row[at]!)
  return { tick: column(0), live: column(1), low: column(2), born: column(3), freed: column(4) }
}
