// What is added to a recording after its run: snapshots that were taken by running again.
import { amendDatabase } from './database'
import type { StoredSnapshot } from './reader'

/** `added`: types that the recording does not know yet. False: the file cannot be written, and nothing was changed. */
export function addSnapshot(
  path: string, row: StoredSnapshot, blobs: { nodes: Uint8Array; edges: Uint8Array; strings: Uint8Array },
  added: readonly { id: number; module: string; name: string; head_granules: number }[],
): boolean {
  return amendDatabase(path, db => {
    const addType = db.prepare('insert or ignore into type values (?, ?, ?, 0, 0, ?, 0)')
    for (const type of added) addType.run(type.id, type.module, type.name, type.head_granules)
    db.prepare('insert into snapshot values (@id, @reason, @label, @event, @tick, @wall_ns, @node_count, @edge_count, @size_bytes, @nodes, @edges, @strings)')
      .run({ ...row, ...blobs })
  })
}
