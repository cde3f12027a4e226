// What --help prints. One text a command; the first line of each is its summary in the overview.
import { INSTANTS } from './arguments'
import { CHECK_HELP } from './check'
import { IMPORT_HELP } from './import'
import { ALLOCATOR_HELP } from './allocator'
import { GC_HELP } from './gc'
import { GROWTH_HELP } from './growth'
import { LEDGER_HELP } from './ledger'
import { CYCLES_HELP } from './cycles'
import { LEAKS_HELP } from './leaks'
import { WASTE_HELP } from './waste'
import { DIFF_HELP } from './diff'
import { EXPORT_HELP } from './export'
import { FLAMEGRAPH_HELP } from './flamegraph'
import { MARKS_HELP } from './marks'
import { OBJECT_HELP, OBJECTS_HELP, PATH_HELP } from './objects'
import { SNAPSHOT_HELP } from './snapshot'
import { STATS_HELP } from './stats'
import { SUMMARY_HELP } from './summary'
import { TABLE_HELP } from './table-page'
import { TREE_HELP } from './tree'
import { REPLAY_HELP } from './replay-help'

const TEXTS: Record<string, string> = {
  run: `Runs a Python script and records its memory.

  molt run [OPTIONS] SCRIPT [ARGUMENT...]
  molt run [OPTIONS] -m MODULE [ARGUMENT...]
  molt run [OPTIONS] -c CODE [ARGUMENT...]

The script gets stdin, its output goes to stdout and stderr untouched, and molt exits with its exit code.
Everything after SCRIPT, MODULE or CODE belongs to the script.

  -o, --output FILE        where to record; otherwise NAME.molt in this folder, or NAME-2.molt and so on
  -f, --force              overwrite FILE if it is a recording
  -q, --quiet              say nothing but what the script says
  -m, --module MODULE      run a module by its name
  -c, --command CODE       run the code given
      --record LEVEL       full (every event; default), ledger (every reference taken and dropped, too: slow and large), stats (figures
                           per line at the marks, the peak and the end) or none
      --ledger-type TYPE   with --record ledger: only references to objects of this type; may be given several times
      --ledger-line FILE:LINE  only references to objects born on this line; may be given several times
      --clock CLOCK        virtual (sleeping takes no time; repeatable; default) or wall
      --path DIR           add DIR to sys.path, after the script's folder, and let the script read it; may be given several times
      --gc-threshold A,B,C thresholds of the collector (default 700,10,10; A = 0 turns it off)
      --max-memory SIZE    the script gets a MemoryError when it wants more than this, e.g. 512M (default: no limit)
      --max-ticks N        stop after N instructions, with exit code 124
      --stack-depth N      recursion limit (default 1000)
      --allocator NAME     geometry of pymalloc: cpython (3.11's; default) or textbook (arenas of 256 KiB, pools of 4 KiB, 8 bytes)
      --seed N             hash seed (default 0)
      --snapshot WHEN      when to write down the whole heap: end, marks, collections (after each full one), every:N (instructions),
                           peak (the run is repeated for it), separated by commas, or none (default end,marks)

Ctrl+C raises KeyboardInterrupt in the script; a second one stops it; a third one ends molt. What was recorded is kept.

The script sees the files below its own folder (below the current one for -m and -c), those below every --path, and the
standard library. Whatever it writes is kept in memory and gone when it ends. It has no network and starts no programs.`,

  replay: REPLAY_HELP,
  summary: SUMMARY_HELP,

  stats: STATS_HELP,

  diff: DIFF_HELP,

  check: CHECK_HELP,

  import: IMPORT_HELP,

  tree: TREE_HELP,

  flamegraph: FLAMEGRAPH_HELP,

  table: TABLE_HELP,

  marks: MARKS_HELP,

  gc: GC_HELP,

  growth: GROWTH_HELP,

  ledger: LEDGER_HELP,
  objects: OBJECTS_HELP,
  object: OBJECT_HELP,
  path: PATH_HELP,
  allocator: ALLOCATOR_HELP,

  snapshot: SNAPSHOT_HELP,
  leaks: LEAKS_HELP,

  cycles: CYCLES_HELP,

  waste: WASTE_HELP,

  source: `Prints a source file with the memory of each line beside it.

  molt source [OPTIONS] RECORDING [FILE]

FILE is a name or the end of a path; otherwise the script itself.

      --at INSTANT         when (default: end)
      --touched            only lines that did something with memory
      --json               as JSON

Columns: alive (bytes and blocks allocated by the line and not freed), alloc (allocations so far), peak (share of the peak),
temp (share of its allocations freed within 1,000 instructions), incr (what memory grew by while the line ran).
${INSTANTS}`,

  export: EXPORT_HELP,

  oracle: `Prints the exact figures of a script from the canonical start, as JSON.

  molt oracle [--audit] SCRIPT

      --audit              prove at every mark and at the end that no object counts fewer references than there are, that the
                           simulated memory is consistent, and that nothing is left when the interpreter has been taken apart

The schema is that of the goldens made with CPython 3.11: output, exit code, and at the marks and the end the bytes and blocks
of each line, collections, free lists, pools.`,

  dump: `Prints a stage on the way from source to bytecode, or the events of a recording.

  molt dump tokens|ast|dis FILE
  molt dump events [--range A..B] RECORDING

  tokens   the tokens, laid out as python3 -m tokenize does
  ast      what ast.dump(ast.parse(...), include_attributes=True, indent=1) prints
  dis      what python3 -m dis prints
  events   the log of a recording: number, tick, event, address, bytes, type or use of the block, line that ran, collection

FILE may be - for stdin.`,

  serve: `Serves the app to a browser on this machine.

  molt serve [OPTIONS] [FILE]

      --port N             the port (default: any free one)
      --open               open it in the default browser

Prints the address; it contains a secret, and whoever has it can run scripts as you.`,

  open: `Opens the app, with a script or a recording.

  molt open [FILE]

In its own window where Electron is there, otherwise in the browser. 'molt FILE.molt' does the same.`,
}

export function help(command?: string): string {
  if (command !== undefined && TEXTS[command] !== undefined) return `${TEXTS[command]}\n`
  const list = Object.entries(TEXTS).map(([name, text]) => `  ${name.padEnd(12)}${text.split('\n')[0]}`)
  return `Molt: a memory profiler for Python that needs no Python.

  molt COMMAND [OPTIONS] ...

${list.join('\n')}

A first try:

  molt run -o demo.molt script.py
  molt stats demo.molt
  molt open demo.molt

molt COMMAND --help tells more. --version prints the version.

Exit codes: those of the script for run; otherwise 0, 1 (check: a budget is exceeded), 2 (usage), 65 (not a recording, damaged, newer), 66 (file missing or
unreadable), 70 (a fault of Molt), 73 (output cannot be made), 74 (input or output failed).
`
}

export const COMMANDS = Object.keys(TEXTS)
