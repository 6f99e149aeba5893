import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'

/** An action on an unfinished response, through node's two objects. */
type Act = (req: IncomingMessage, res: ServerResponse) => unknown

class StorageError extends Error {
  override readonly name = 'StorageError'
}

const broken = () => new StorageError('storage went away')

/** The error of the service's own upstream connection. */
const upstreamError = () =>
  Object.assign(new StorageError('read ECONNRESET'), { code: 'ECONNRESET', errno: -104, syscall: 'read' })

async function* failing(error: Error) {
  yield 'a'.repeat(70_000)
  throw error
}

async function* endless() {
  for (;;) {
    yield 'a'.repeat(70_000)
    await new Promise(setImmediate)
  }
}

/** Starts a response, and acts when the client has received its first bytes. */
const begun = (act: Act): Act => {
  return (req, res) => void res.write('partial', () => act(req, res))
}

/** The ways in which a service breaks its own response, with the error that node reports. */
export const BREACHES: Readonly<Record<string, { readonly act: Act; readonly error?: string }>> = {
  'a response that is destroyed': { act: begun((_req, res) => res.destroy()) },
  'a response that is destroyed before its head': { act: (_req, res) => res.destroy() },
  'a response that is destroyed with an error': {
    act: begun((_req, res) => res.destroy(broken())),
    error: 'StorageError',
  },
  'a response that is destroyed with an error before its head': {
    act: (_req, res) => res.destroy(broken()),
    error: 'StorageError',
  },
  'a request that is destroyed': { act: begun((req) => req.destroy()) },
  'a request that is destroyed with an error': {
    act: begun((req) => req.destroy(broken())),
    error: 'StorageError',
  },
  'a connection that is destroyed': { act: begun((req) => req.socket.destroy()) },
  'a connection that is destroyed with an error': {
    act: begun((req) => req.socket.destroy(broken())),
    error: 'StorageError',
  },
  'a connection that is reset': { act: begun((req) => req.socket.resetAndDestroy()) },
  'a connection that is destroyed while bytes are being sent': {
    act: (req, res) => {
      res.write('x'.repeat(50_000_000))
      setImmediate(() => req.socket.destroy())
    },
  },
  'a source that fails': {
    act: (_req, res) => pipeline(Readable.from(failing(broken())), res, () => {}),
    error: 'StorageError',
  },
  'an upstream that is reset': {
    act: (_req, res) => pipeline(Readable.from(failing(upstreamError())), res, () => {}),
    error: 'StorageError',
  },
  'a response that takes longer than the service allows': {
    act: begun((req) => req.socket.setTimeout(1)),
  },
}

/** The ways in which a client leaves first, and the application's reaction. */
export const LEAVINGS: Readonly<Record<string, Act>> = {
  'a response that waits': begun(() => {}),
  'a source that goes on': (_req, res) => pipeline(Readable.from(endless()), res, () => {}),
  'an application that destroys the response when the client has left': begun((req, res) => {
    req.on('aborted', () => res.destroy(new Error('the client has left')))
  }),
  'an application that fails because the client has left': async (req, res) => {
    res.write('partial')
    await once(req, 'aborted')
    throw Object.assign(new Error('request aborted'), { code: 'ECONNABORTED', status: 400, statusCode: 400 })
  },
  'an application that writes until it fails': (_req, res) => {
    const write = (error?: Error | null): void => {
      if (!error) setImmediate(() => res.write('x'.repeat(65_536), write))
    }
    write()
  },
}
