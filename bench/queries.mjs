// See queries.ts.
import { runBench } from './bundle.mjs'

await runBench('queries')
