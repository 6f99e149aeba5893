import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'

import type { Framework, LayerName } from '../src/service/plan.ts'
import type { Counted, Step } from './fixtures/counted-service.ts'

const SERVICE = fileURLToPath(new URL('fixtures/counted-service.ts', import.meta.url))

const FLAGS = [
  '--experimental-strip-types',
  '--no-warnings',
  '--conditions=@sightline/source',
  '--expose-gc',
  // Room for all counted allocations: a collection in between would remove them.
  '--min-semi-space-size=256',
  '--max-semi-space-size=256',
  // Optimizing compilers save allocations at unpredictable times, depending on the machine's load.
  '--no-opt',
  '--no-maglev',
]

const REQUEST = [
  'GET /api/orders/1234 HTTP/1.1',
  'host: localhost',
  'user-agent: counter/1.0',
  'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00',
  '',
  '',
].join('\r\n')

const WARM_UP = 500
const REQUESTS = 1_500

/** The average cost of one request, measured in its own process. */
export async function countedPerRequest(
  framework: Framework,
  ...layers: readonly LayerName[]
): Promise<Counted> {
  const child = spawn(process.execPath, [...FLAGS, SERVICE, framework, ...layers], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  const answer = () =>
    Promise.race([
      once(child, 'message').then(([message]) => message as unknown),
      ended.then(([code]) => {
        throw new Error(`the counted service on ${framework} ended with ${code}`)
      }),
    ])
  const ask = async (step: Step) => {
    child.send(step)
    return answer()
  }
  try {
    const socket = connect((await answer()) as number, '127.0.0.1')
    await once(socket, 'connect')
    await request(socket, WARM_UP)
    await ask('allocations')
    await request(socket, REQUESTS)
    const { bytes } = (await ask('end')) as Counted
    await ask('resources')
    await request(socket, REQUESTS)
    const { resources, listeners } = (await ask('end')) as Counted
    socket.destroy()
    return { bytes: bytes / REQUESTS, resources: resources / REQUESTS, listeners: listeners / REQUESTS }
  } finally {
    child.kill('SIGKILL')
    await ended
  }
}

/** Sends requests over one connection, one after another. */
async function request(socket: Socket, times: number): Promise<void> {
  let answer = ''
  for (let i = 0; i < times; i++) {
    socket.write(REQUEST)
    do {
      const [piece] = (await once(socket, 'data')) as [Buffer]
      answer += piece.toString('latin1')
    } while (!/\r\n\r\n\{.*\}$/s.test(answer))
    answer = ''
  }
}
