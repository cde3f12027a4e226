// Entry of the interpreter's thread.
import { runScript } from './run-script'
import { runWorker } from './worker-main'

runWorker(runScript)
