// See recorder.ts.
import { runBench } from './bundle.mjs'

await runBench('recorder')
