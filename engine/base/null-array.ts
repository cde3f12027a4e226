// Arrays of nulls that V8 keeps as packed ones: `new Array(n).fill(null)` would have to be tested for holes at every read.
const KEPT = 64
const templates: null[][] = []

/** A new array of `size` nulls. */
export function nullArray(size: number): null[] {
  if (size >= KEPT) return made(size)
  while (templates.length <= size) templates.push(made(templates.length))
  return templates[size]!.slice()
}

function made(size: number): null[] {
  const array: null[] = []
  for (let i = 0; i < size; i++) array.push(null)
  return array
}
