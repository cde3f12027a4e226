// Forks a bundled store process and speaks the contract with it, as the web host does.
import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { Relay } from '../../rpc/accept'
import { createClient, type Client } from '../../rpc/rpc'
import type { Link } from '../../rpc/link'

export interface StoreUnderTest { client: Client; child: ChildProcess; close(): Promise<void> }

export function startStore(built: string, dataFolder: string): StoreUnderTest {
  const child = fork(join(built, 'store-process.js'), [], {
    serialization: 'advanced', execArgv: [], env: { ...process.env, MOLT_DATA: dataFolder }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const post = (message: Relay) => { if (child.connected) child.send(message) }
  post({ channel: 1, open: true })
  const link: Link = {
    send: frame => post({ channel: 1, frame }),
    onFrame: listener => child.on('message', (message: Relay) => { if ('frame' in message) listener(message.frame) }),
    onClose: listener => child.once('exit', listener),
    close: () => post({ channel: 1, close: true }),
  }
  return {
    client: createClient(link),
    child,
    close: () => new Promise(resolve => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve()
      child.once('exit', () => resolve())
      child.disconnect()
    }),
  }
}
