// Private names: `__x` inside class `_C` is `_C__x`. Mirrors _Py_Mangle, Python/compile.c.
export function mangle(className: string | null, name: string): string {
  if (className === null || !name.startsWith('__')) return name
  // Not __this__, and not the dotted names of imports.
  if (name.endsWith('__') || name.includes('.')) return name
  const stripped = className.replace(/^_+/, '')
  return stripped === '' ? name : `_${stripped}${name}`
}
