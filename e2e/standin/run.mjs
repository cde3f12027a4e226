import { readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { app, userData } from './app.mjs'
import { startBrowser } from './browser.mjs'

const given = resolve(process.argv[2] ?? '.')
const entry = statSync(given).isDirectory()
  ? join(given, JSON.parse(readFileSync(join(given, 'package.json'), 'utf8')).main)
  : given
process.argv.splice(1, 1) // as in Electron: the program, the folder of the app, its arguments
await import(pathToFileURL(entry).href)
await startBrowser(userData)
app.emit('will-finish-launching')
app.ready()
