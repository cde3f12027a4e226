// The modules a script names anywhere, in the order of a breadth-first walk of its tree: what the canonical start imports.
import * as ast from '../../python/syntax/nodes'

const SKIPPED = new Set(['this', 'antigravity', '__future__'])
const PACKAGES = new Set(['concurrent', 'importlib'])

export function importsOf(tree: ast.mod): string[] {
  const found: string[] = []
  const queue: ast.Node[] = [tree]
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    if (node instanceof ast.Import) found.push(...node.names.map(a => a.name))
    else if (node instanceof ast.ImportFrom && node.module !== null && node.level === 0) {
      found.push(node.module)
      if (PACKAGES.has(node.module)) found.push(...node.names.map(a => `${node.module}.${a.name}`))
    }
    for (const field of ast.NODE_FIELDS[node._type].fields) {
      const value = (node as unknown as Record<string, unknown>)[field.name]
      for (const child of Array.isArray(value) ? value : [value]) {
        if (typeof child === 'object' && child !== null && '_type' in child) queue.push(child as ast.Node)
      }
    }
  }
  return [...new Set(found)].filter(name => !SKIPPED.has(name))
}
