import cluster from 'node:cluster'
import { threadId } from 'node:worker_threads'

import { pauseEventLoop } from '../runtime/runtime.ts'
import type { FaultReporter } from '../seam.ts'
import type { Family } from '../series/family.ts'
import { labelled } from '../series/labels.ts'
import { type Link, linkThreads, linkWorkers } from './links.ts'
import type { Answer } from './messages.ts'
import { piecesOf } from './pieces.ts'
import { type Snapshot, SnapshotReader } from './snapshot.ts'
import { endingWith, type Part, wholeOf, withEnded } from './whole.ts'

/** How long a scrape waits for workers. A slower one counts with its last answer. */
const WAIT_MS = 800
/** How long a scrape waits for the greeting of an unknown worker, once. It may have no Sightline. */
const GREETING_MS = 250
const GREETINGS = 12
/** Interval of requests to workers, even without a scrape. A killed worker loses at most the counts of this time. */
const BEAT_MS = 5_000

/** The metrics of a process and all its workers. */
export interface Gathering {
  /** The current metrics. */
  families(): AsyncGenerator<Family>
  /** Metrics about the workers themselves. */
  readonly told: readonly Family[]
  close(): void
}

/** One Sightline in a worker. */
interface Member {
  readonly id: string
  readonly link: Link
  readonly pid: number
  readonly thread: number
  snapshot: Snapshot | undefined
  /** The answer that is arriving. */
  reader: SnapshotReader
  /** The request without an answer so far. */
  asked: PromiseWithResolvers<void> | undefined
  /** Whether it has exceeded the waiting time of a scrape, and not answered since. */
  silent: boolean
  /** Whether it has said goodbye or died. Either adds it to the ended totals, once. */
  ended: boolean
}

/** A worker that may have no Sightline. */
interface Stranger {
  readonly known: PromiseWithResolvers<void>
  greetings: number
}

/** Gathers the metrics of the workers of `node:cluster`, of the threads of this process, and of the process itself. */
export function gatherWorkers(ownFamilies: () => AsyncIterable<Family>, fault: FaultReporter): Gathering {
  const members = new Map<string, Member>()
  const strangers = new Map<Link, Stranger>()
  /** The counts of ended workers. Replaced, never changed, because a scrape in progress uses its own version. */
  let endedTotals: Snapshot = new Map()
  let endedCount = 0
  // Additions run in sequence. Two concurrent ones would each miss the other's counts.
  let burying: Promise<void> = Promise.resolve()

  function answered(link: Link, answer: Answer): void {
    if (answer.is === 'here') {
      const { member: id, pid, thread } = answer
      if (!members.has(id)) {
        const reader = new SnapshotReader()
        members.set(id, {
          id,
          link,
          pid,
          thread,
          snapshot: undefined,
          reader,
          asked: undefined,
          silent: false,
          ended: false,
        })
      }
      strangers.get(link)?.known.resolve()
      strangers.delete(link)
      return
    }
    const member = members.get(answer.member)
    if (member === undefined) return
    if (answer.is === 'piece') {
      const resume = pauseEventLoop()
      try {
        member.reader.take(answer.families)
      } finally {
        resume()
      }
    } else if (answer.is === 'end') {
      member.snapshot = member.reader.snapshot
      member.reader = new SnapshotReader()
      member.silent = false
      member.asked?.resolve()
      member.asked = undefined
      if (answer.left) bury([member])
    }
  }

  function closed(link: Link): void {
    endedCount++
    strangers.get(link)?.known.resolve()
    strangers.delete(link)
    bury([...members.values()].filter((member) => member.link === link))
  }

  /** Adds the counts of ended members to the totals, and removes the members. */
  function bury(gone: readonly Member[]): void {
    const dead = gone.filter(({ ended }) => !ended)
    for (const member of dead) {
      member.ended = true
      member.asked?.resolve()
    }
    burying = burying
      .then(async () => {
        const living = [own(), ...partsOf([...members.values()].filter((member) => !dead.includes(member)))]
        const ending = partsOf(dead).map((part) => endingWith(part, living))
        const sums = await withEnded(endedTotals, ending)
        // Both steps happen in one turn. A scrape in between would count the members twice or not at all.
        endedTotals = sums
        for (const { id } of dead) members.delete(id)
      })
      .catch((error: unknown) => fault('adding up the metrics of ended workers', error))
  }

  function opened(link: Link): void {
    strangers.set(link, { known: Promise.withResolvers(), greetings: 0 })
    link.send({ is: 'hello' })
  }

  const listeners = { opened, answered, closed }
  const unlink = [linkThreads(listeners), ...(cluster.isPrimary ? [linkWorkers(listeners)] : [])]
  const beat = setInterval(() => void ask(), BEAT_MS).unref()

  /** Requests the metrics of all members, and waits for those that usually answer. */
  async function ask(): Promise<void> {
    await greet()
    const waitedFor = new Set([...members.values()].filter(({ silent }) => !silent))
    const asked = [...waitedFor].map(async (member) => {
      await askMember(member)
      waitedFor.delete(member)
    })
    await within(WAIT_MS, asked)
    for (const member of waitedFor) member.silent = true
  }

  async function greet(): Promise<void> {
    const first: Array<Promise<void>> = []
    for (const [link, stranger] of strangers) {
      if (stranger.greetings++ === 0) first.push(stranger.known.promise)
      if (stranger.greetings <= GREETINGS) link.send({ is: 'hello' })
    }
    if (first.length > 0) await within(GREETING_MS, first)
  }

  async function askMember(member: Member): Promise<void> {
    // An answer in transit may be older than this request.
    if (member.asked) await member.asked.promise
    if (member.asked === undefined) {
      member.asked = Promise.withResolvers()
      member.link.send({ is: 'ask', member: member.id })
    }
    await member.asked.promise
  }

  const own = (snapshot: Snapshot = new Map()): Part => ({
    worker: 'main',
    pid: process.pid,
    thread: threadId,
    snapshot,
  })

  return {
    async *families() {
      await ask()
      const pieces = await piecesOf(ownFamilies())
      // Excluded from the event loop metrics, like other scrape work. The waiting time before is not excluded: a delay
      // during it comes from the service.
      const resume = pauseEventLoop()
      try {
        const reader = new SnapshotReader()
        for (const piece of pieces) reader.take(piece)
        yield* wholeOf([own(reader.snapshot), ...partsOf([...members.values()])], endedTotals)
      } finally {
        resume()
      }
    },
    told: [
      {
        name: 'sightline_cluster_workers',
        help: 'Workers in this scrape. A silent worker is in it with its last answer.',
        type: 'gauge',
        across: 'sum',
        series() {
          const silent = new Set([...members.values()].filter((each) => each.silent).map(({ link }) => link))
          const all = new Set([...members.values()].map(({ link }) => link))
          return [
            { ...labelled({ state: 'answering' }), value: all.size - silent.size },
            { ...labelled({ state: 'silent' }), value: silent.size },
          ]
        },
      },
      {
        name: 'sightline_cluster_workers_ended_total',
        help: 'Ended workers. Their counts remain in the totals.',
        type: 'counter',
        series: () => [{ ...labelled({}), value: endedCount }],
      },
    ],
    close() {
      clearInterval(beat)
      for (const end of unlink) end()
    },
  }
}

function partsOf(members: readonly Member[]): Part[] {
  return members.flatMap(({ link, pid, thread, snapshot }) =>
    snapshot === undefined ? [] : [{ worker: link.worker, pid, thread, snapshot }],
  )
}

/** Resolves when all promises have resolved, or after a time limit. */
async function within(ms: number, all: ReadonlyArray<Promise<void>>): Promise<void> {
  const elapsed = Promise.withResolvers<void>()
  const timer = setTimeout(elapsed.resolve, ms)
  await Promise.race([Promise.all(all), elapsed.promise])
  clearTimeout(timer)
}
