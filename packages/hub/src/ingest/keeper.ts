import type { Worker } from 'node:worker_threads'

import type { StoreKeeper, StoreState } from '../store/store.ts'
import type { FromKeeper, ToKeeper } from './keeper-protocol.ts'
import { SupervisedThread } from './supervised-thread.ts'

/** The keeper of the store, as the main thread sees it. */
export interface Keeper extends Pick<StoreKeeper, 'state' | 'setErrorState'> {
  readonly ready: Promise<void>
  close(deadlineMs: number): Promise<void>
}

type Question = ToKeeper extends infer Each ? (Each extends { id: number } ? Omit<Each, 'id'> : never) : never

interface Pending {
  readonly resolve: (state: StoreState | undefined) => void
  readonly reject: (error: Error) => void
}

/**
 * Starts the thread that keeps the store within its limits.
 *
 * @param startWhen The thread starts after this, and questions wait for it. Default: at once
 */
export function startKeeper(
  start: () => Worker,
  log: (level: 'warn' | 'error', message: string) => void,
  startWhen?: Promise<void>,
): Keeper {
  const pending = new Map<number, Pending>()
  const told = new Set<string>()
  let nextId = 0

  function refuseAll(why: string): void {
    for (const { reject } of pending.values()) reject(new Error(why))
    pending.clear()
  }

  const thread = new SupervisedThread<ToKeeper, FromKeeper>({
    start,
    startWhen,
    message(message) {
      if (message.kind === 'ready') return
      if (message.kind === 'retained') {
        const fresh = message.problems.filter((problem) => !told.has(problem))
        for (const problem of fresh) log('warn', problem)
        told.clear()
        for (const problem of message.problems) told.add(problem)
        return
      }
      const asked = pending.get(message.id)
      pending.delete(message.id)
      if (message.kind === 'result') asked?.resolve(message.state)
      else asked?.reject(new Error(message.message))
    },
    died(why) {
      refuseAll(`The keeper thread has failed: ${why}`)
      log('error', `The keeper thread ended and is started again: ${why}`)
    },
  })

  async function ask(question: Question): Promise<StoreState | undefined> {
    await thread.ready
    const { promise, resolve, reject } = Promise.withResolvers<StoreState | undefined>()
    if (!thread.isUp) {
      reject(new Error('The keeper thread is being started.'))
      return promise
    }
    const id = nextId++
    pending.set(id, { resolve, reject })
    thread.send({ ...question, id })
    return promise
  }

  return {
    ready: thread.ready,
    async state() {
      const state = await ask({ kind: 'state' })
      if (state === undefined) throw new Error('The keeper thread has given no state.')
      return state
    },
    async setErrorState(fingerprint, state, now) {
      await ask({ kind: 'error state', fingerprint, state, now })
    },
    async close(deadlineMs) {
      await thread.close({ kind: 'end' }, deadlineMs)
      refuseAll('The hub is stopping.')
    },
  }
}
