import type { HealthStatus } from '../health/check.ts'
import type { Answer, Probe, Report, ThreadData } from './messages.ts'
import type { ProbeReply, serveProbes } from './server.ts'
import type { Examination, examineMainThread } from './stack.ts'

/**
 * The thread that answers probes: as the main thread says, as long as that one has its turns, else by what is known of
 * it.
 *
 * Runs as text: it may use nothing that is outside of it, see {@link examineMainThread}.
 */
export function probeThread(serve: typeof serveProbes, examine: typeof examineMainThread): void {
  const { writeSync } = process.getBuiltinModule('node:fs')
  const { performance } = process.getBuiltinModule('node:perf_hooks')
  const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads')
  const data = workerData as ThreadData
  const { memory, places, beatMs, saturatedMs, wedgedMs } = data
  /** An examination costs the main thread 20 ms: not more often than so, unless it is wedged. */
  const examinedEveryMs = 10_000
  /** For so long an examination may take: code that is no JavaScript keeps it waiting. */
  const patienceMs = 1_000

  const waiting = new Map<Probe, Array<(reply: ProbeReply) => void>>()
  const known = new Map<Probe, HealthStatus>()
  let beats = 0
  let lookedAt = performance.now()
  let lateMs = 0
  let examination: Examination | undefined
  let examinedAt = Number.NEGATIVE_INFINITY
  let recorded = false
  /** For how many checks readiness was asked ahead. */
  let checksAsked = -1

  const main = {
    tell(report: Report): void {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it is no window: there are no origins
      parentPort?.postMessage(report)
    },

    /** Before that the service loads its modules. */
    hasTurned(): boolean {
      return Atomics.load(memory, places.beats) > 0
    },

    isBlocked(): boolean {
      return Atomics.load(memory, places.beats) === beats
    },

    isWedged(): boolean {
      const isExamined = examination?.isDone === true || performance.now() - examinedAt >= patienceMs
      return lateMs >= wedgedMs && isExamined && examination?.isDebugged !== true
    },

    /** How a probe is answered without the main thread; `undefined`: it is there. */
    replyTo(probe: Probe): ProbeReply | undefined {
      if (main.isWedged()) return { code: 503, status: 'wedged' }
      const isLive = probe === 'live'
      if (Atomics.load(memory, places.stopping) === 1 && !isLive) return { code: 503, status: 'unhealthy' }
      if (!main.hasTurned()) return { code: isLive ? 200 : 503, status: 'starting' }
      // The main thread turned a moment ago: without a check of its own, liveness is nothing more.
      const last = main.statusOf(probe)
      if (lateMs < saturatedMs) {
        const isSettled = isLive && Atomics.load(memory, places.liveChecks) === 0
        if (!isSettled && (lateMs < beatMs || last === undefined)) return undefined
        const status = last ?? 'healthy'
        return { code: status === 'unhealthy' ? 503 : 200, status }
      }
      const status = last ?? 'unhealthy'
      // Busy is not broken: to take a busy service out of traffic makes the others busier.
      return status === 'unhealthy' ? { code: 503, status } : { code: 200, status: 'saturated' }
    },

    /** What is known without asking; `undefined`: nothing yet. */
    statusOf(probe: Probe): HealthStatus | undefined {
      if (probe === 'live' && Atomics.load(memory, places.liveChecks) === 0) return 'healthy'
      return known.get(probe)
    },

    /** Looks whether the main thread has had its turn. */
    look(): void {
      const now = performance.now()
      // What the machine's sleep, a stopped process or a want of processors takes, it takes from both threads.
      const awakeMs = Math.min(now - lookedAt, 2 * beatMs)
      lookedAt = now
      if (!main.isBlocked()) return main.recover()
      if (!main.hasTurned()) return
      lateMs += awakeMs
      for (const probe of waiting.keys()) main.settle(probe, main.replyTo(probe))
      if (lateMs < saturatedMs) return
      const isDue = now - examinedAt >= examinedEveryMs || lateMs >= wedgedMs
      if (data.mayExamine && examination === undefined && isDue) {
        examinedAt = now
        const isInspected = Atomics.load(memory, places.inspected) === 1
        examination = examine(isInspected, () => main.isBlocked())
      }
      if (main.isWedged() && !recorded) main.record()
    },

    recover(): void {
      const wasBlocked = lateMs >= saturatedMs && examination?.isDebugged !== true
      if (wasBlocked)
        main.tell({ kind: 'recovered', blockedMs: Math.round(lateMs), stack: examination?.stack })
      examination?.end()
      examination = undefined
      recorded = false
      lateMs = 0
      beats = Atomics.load(memory, places.beats)
      main.askAhead()
    },

    /** Asks what a blocked main thread could not answer: once at the start, and again when there are more checks. */
    askAhead(): void {
      const checks = Atomics.load(memory, places.checks)
      if (checks === checksAsked || Atomics.load(memory, places.stopping) === 1) return
      checksAsked = checks
      for (const probe of ['live', 'ready', 'startup'] as const)
        main.tell({ kind: 'question', probe, ahead: true })
    },

    /** The main thread cannot write it. All at once or not at all: an output that is full would keep the probes waiting. */
    record(): void {
      recorded = true
      const fields = {
        time: new Date().toISOString(),
        blocked_ms: Math.round(lateMs),
        stack: examination?.stack,
        msg: 'event loop is wedged: the service is not live any more',
      }
      try {
        writeSync(data.fd, `${data.record},${JSON.stringify(fields).slice(1)}\n`)
      } catch {
        // Nobody reads it. It is told once more if the main thread recovers.
      }
    },

    settle(probe: Probe, reply: ProbeReply | undefined): void {
      if (reply === undefined) return
      const replies = waiting.get(probe)
      waiting.delete(probe)
      for (const each of replies ?? []) each(reply)
    },
  }

  parentPort?.on('message', ({ probe, status }: Answer) => {
    known.set(probe, status)
    main.settle(probe, { code: status === 'unhealthy' ? 503 : 200, status })
  })
  setInterval(() => main.look(), beatMs)
  serve(data, {
    ask(probe, reply) {
      const now = main.replyTo(probe)
      if (now) return reply(now)
      // However many ask, the main thread is asked once.
      const replies = waiting.get(probe)
      if (replies) return void replies.push(reply)
      waiting.set(probe, [reply])
      main.tell({ kind: 'question', probe, ahead: false })
    },
    listening({ address, family, port }) {
      main.tell({ kind: 'listening', address: family === 'IPv6' ? `[${address}]` : address, port })
    },
    failed({ message }) {
      main.tell({ kind: 'deaf', error: message })
    },
  })
}
