import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import type { DeliveryOptions, Ledger } from '../src/index.ts'

const PRODUCER = fileURLToPath(new URL('./fixtures/producer.ts', import.meta.url))
const CLUSTER = fileURLToPath(new URL('./fixtures/cluster.ts', import.meta.url))

/** Orders for the producer: see the fixture. */
export interface Order {
  readonly url: string
  readonly from?: number
  readonly to?: number
  readonly end: 'alone' | 'exit' | 'close' | 'stay'
  readonly signals?: readonly string[]
  readonly options?: Partial<DeliveryOptions>
}

/** A process that delivers items. */
export interface Producer {
  readonly child: ChildProcess
  /** Its notices. */
  readonly messages: string[]
  readonly faults: string[]
  /** Resolves when all items are pushed, to the time on the monotonic clock. */
  readonly ready: Promise<number>
  /** The process id of the worker of a cluster. */
  readonly worker: Promise<number>
  /** Resolves when the worker has died. */
  readonly workerDied: Promise<void>
  /** Resolves when the process has ended. */
  readonly ended: Promise<{ code: number | null; ledgers: readonly Ledger[]; at: number }>
}

/** Starts a process, or a cluster worker. */
export function startProducer({ from = 0, to = 100, ...order }: Order, isClustered = false): Producer {
  const child = spawn(
    process.execPath,
    [
      '--experimental-strip-types',
      '--no-warnings',
      '--conditions=@sightline/source',
      isClustered ? CLUSTER : PRODUCER,
      JSON.stringify({ from, to, ...order }),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ready = Promise.withResolvers<number>()
  const worker = Promise.withResolvers<number>()
  const workerDied = Promise.withResolvers<void>()
  const messages: string[] = []
  const faults: string[] = []
  let ledgers: readonly Ledger[] = []
  createInterface(child.stdout).on('line', (line) => {
    const word = JSON.parse(line) as {
      message?: string
      fault?: string
      ledgers?: Ledger[]
      ready?: true
      worker?: number
      workerDied?: true
    }
    if (word.message !== undefined) messages.push(word.message)
    if (word.fault !== undefined) faults.push(word.fault)
    if (word.worker !== undefined) worker.resolve(word.worker)
    if (word.workerDied) workerDied.resolve()
    if (word.ledgers) ledgers = word.ledgers
    if (word.ready) ready.resolve(performance.now())
  })
  // `close`: all of its output has been read.
  const ended = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    ledgers,
    at: performance.now(),
  }))
  return {
    child,
    messages,
    faults,
    ready: ready.promise,
    worker: worker.promise,
    workerDied: workerDied.promise,
    ended,
  }
}
