import { parentPort, workerData } from 'node:worker_threads'

import { openStoreModule } from '../../store/store-module.ts'
import type { FromKeeper, KeeperThreadConfig, ToKeeper } from '../keeper-protocol.ts'

// The main thread starts this file as a thread with a `KeeperThreadConfig`.
const port = parentPort
if (port === null) throw new Error('This file is started as a thread')
const { store, retainMs }: KeeperThreadConfig = workerData
const send = (message: FromKeeper) => port.postMessage(message, [])

const keeper = (await openStoreModule(store)).openKeeper()
let isRetaining = false

async function retain(): Promise<void> {
  if (isRetaining) return
  isRetaining = true
  try {
    const { problems } = await keeper.retain(Date.now())
    send({ kind: 'retained', problems })
  } catch (error) {
    send({ kind: 'retained', problems: [messageOf(error)] })
  } finally {
    isRetaining = false
  }
}

async function answer(message: Exclude<ToKeeper, { kind: 'end' }>): Promise<void> {
  const { id } = message
  try {
    if (message.kind === 'state') send({ kind: 'result', id, state: await keeper.state() })
    else {
      await keeper.setErrorState(message.fingerprint, message.state, message.now)
      send({ kind: 'result', id, state: undefined })
    }
  } catch (error) {
    send({ kind: 'failed', id, message: messageOf(error) })
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

port.on('message', (message: ToKeeper) => {
  if (message.kind !== 'end') return void answer(message)
  keeper.close()
  port.close()
})
setInterval(() => void retain(), retainMs).unref()
send({ kind: 'ready' })
await retain()
