// Entry of the interpreter's thread.
import { runOracle } from './run-oracle'
import { runScript } from './run-script'
import { runWorker } from './worker-main'

runWorker(runScript, runOracle)
