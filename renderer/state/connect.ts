// The link to the engine: a MessagePort in the desktop window, a WebSocket on the web host. Nothing else in
// the page knows which.
import type { Link } from '../../engine/rpc/link'
import type { WindowHost } from '../../engine/rpc/window'

declare global {
  interface Window { host?: WindowHost }
}

export const connect = (): Promise<Link> => (window.host ? overPort(window.host) : overSocket())

/** The preload hands the port over by window.postMessage, since ports cannot cross contextBridge. */
function overPort(host: WindowHost): Promise<Link> {
  return new Promise(resolve => {
    window.addEventListener('message', function onMessage(event) {
      const port = event.ports[0]
      if (event.source !== window || event.data !== 'molt-link' || !port) return
      window.removeEventListener('message', onMessage)
      resolve({
        send: frame => port.postMessage(frame, [frame.buffer]),
        onFrame: listener => { port.onmessage = e => listener(e.data as Uint8Array) },
        onClose: listener => {
          const off = host.onEngineGone(() => {
            off()
            listener()
          })
        },
        close: () => port.close()
      })
    })
    host.openLink()
  })
}

/** What the address held behind its #: read once, then taken out of the address and of the history. */
export interface Fragment { token: string; open: string }
let fragment: Fragment | null = null
export function takeFragment(): Fragment {
  if (fragment) return fragment
  const given = new URLSearchParams(location.hash.slice(1))
  const token = given.get('token')
  if (token) sessionStorage.setItem('token', token)
  if (location.hash) history.replaceState(null, '', location.pathname)
  fragment = { token: token ?? sessionStorage.getItem('token') ?? '', open: given.get('open') ?? '' }
  return fragment
}

function overSocket(): Promise<Link> {
  const socket = new WebSocket(`ws://${location.host}/engine`, ['molt.v1', `token.${takeFragment().token}`])
  socket.binaryType = 'arraybuffer'
  return new Promise((resolve, reject) => {
    socket.onerror = () => reject(new Error('The program behind this page does not answer, or this address has lost its key.'))
    socket.onopen = () =>
      resolve({
        send: frame => socket.send(frame),
        onFrame: listener => { socket.onmessage = e => listener(new Uint8Array(e.data as ArrayBuffer)) },
        onClose: listener => socket.addEventListener('close', () => listener()),
        close: () => socket.close()
      })
  })
}
