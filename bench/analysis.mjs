// See analysis.ts.
import { runBench } from './bundle.mjs'

await runBench('analysis')
