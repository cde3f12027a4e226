// Every command by its name. Each returns its exit code; what it throws, exit.ts turns into a message and a code.
import { allocator } from './allocator'
import { open, serve } from './app'
import { check } from './check'
import { cycles } from './cycles'
import { diff } from './diff'
import { dump } from './dump'
import { exportCommand } from './export'
import { flamegraph } from './flamegraph'
import { gc } from './gc'
import { growth } from './growth'
import { importCommand } from './import'
import { leaks } from './leaks'
import { ledger } from './ledger'
import { marks } from './marks'
import { object, objects, path } from './objects'
import { oracle } from './oracle'
import { source } from './read'
import { replay } from './replay'
import { run } from './run'
import { snapshot } from './snapshot'
import { stats } from './stats'
import { summary } from './summary'
import { tablePage } from './table-page'
import { tree } from './tree'
import { waste } from './waste'
import type { Places } from './places'

export const COMMANDS_BY_NAME: Record<string, (args: string[], places: Places) => number | Promise<number>> = {
  run,
  replay,
  summary,
  stats,
  tree,
  flamegraph,
  table: tablePage,
  marks,
  diff,
  export: exportCommand,
  gc,
  growth,
  leaks,
  cycles,
  waste,
  allocator,
  ledger,
  objects,
  object,
  path,
  snapshot,
  source,
  oracle,
  dump,
  check,
  serve,
  open,
  import: importCommand,
}
