// Entry of the store process: serves every link that its host opens (engine/rpc/accept.ts). One per window, or one for
// all tabs of a web host.
import { join } from 'node:path'
import { acceptLinks } from '../rpc/accept'
import { serve, type Emit } from '../rpc/rpc'
import { validateRequest } from '../rpc/schemas'
import { defaultDataFolder } from '../queries/data-folder'
import { StoreService } from './store-service'

// Built to out/main/store-process.js: the installation is two folders up.
const here = import.meta.dirname
const installFolder = join(here, '../..')

const emitters = new Set<Emit>()
const service = new StoreService({
  dataFolder: defaultDataFolder(),
  examplesFolder: join(installFolder, 'examples'),
  installFolder,
  runEntry: join(here, 'run-process.js'),
  workerPath: join(here, 'interpreter-worker.js'),
  emit: (event, data) => { for (const emit of emitters) emit(event, data) },
})

const end = () => void service.close().finally(() => process.exit(0))
acceptLinks(link => {
  const server = serve(link, service.handlers, validateRequest)
  emitters.add(server.emit)
  link.onClose(() => {
    emitters.delete(server.emit)
    server.close()
  })
}, end)
process.on('SIGTERM', end)
process.on('SIGINT', () => {})
