import type { HealthStatus } from '../health/check.ts'
import type { Answer, Probe, Report, ThreadData } from './messages.ts'
import type { ProbeReply, serveProbes } from './server.ts'
import type { Examination, examineMainThread } from './stack.ts'

/**
 * The thread that answers probes: with the main thread's answers while it runs, otherwise from its last known
 * state.
 *
 * Runs as text, so it must not use any outer name, see {@link examineMainThread}.
 */
export function probeThread(serve: typeof serveProbes, examine: typeof examineMainThread): void {
  const { writeSync } = process.getBuiltinModule('node:fs')
  const { performance } = process.getBuiltinModule('node:perf_hooks')
  const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads')
  const data = workerData as ThreadData
  const { memory, places, beatMs, saturatedMs, wedgedMs } = data
  /** Minimum interval of examinations, unless wedged: one costs the main thread 20 ms. */
  const examinedEveryMs = 10_000
  /** Maximum wait for an examination: native code delays it. */
  const patienceMs = 1_000

  const waiting = new Map<Probe, Array<(reply: ProbeReply) => void>>()
  const known = new Map<Probe, HealthStatus>()
  let beats = 0
  let lookedAt = performance.now()
  let lateMs = 0
  let examination: Examination | undefined
  let examinedAt = Number.NEGATIVE_INFINITY
  let recorded = false
  /** Number of checks at the last advance readiness request. */
  let checksAsked = -1

  const main = {
    tell(report: Report): void {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it is no window: there are no origins
      parentPort?.postMessage(report)
    },

    /** Whether the main thread has completed a turn. Before that, the service loads its modules. */
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

    /** The answer without the main thread. `undefined` if the main thread can answer. */
    replyTo(probe: Probe): ProbeReply | undefined {
      if (main.isWedged()) return { code: 503, status: 'wedged' }
      const isLive = probe === 'live'
      if (Atomics.load(memory, places.stopping) === 1 && !isLive) return { code: 503, status: 'unhealthy' }
      if (!main.hasTurned()) return { code: isLive ? 200 : 503, status: 'starting' }
      // The main thread ran a moment ago. Without liveness checks, that is all of liveness.
      const last = main.statusOf(probe)
      if (lateMs < saturatedMs) {
        const isSettled = isLive && Atomics.load(memory, places.liveChecks) === 0
        if (!isSettled && (lateMs < beatMs || last === undefined)) return undefined
        const status = last ?? 'healthy'
        return { code: status === 'unhealthy' ? 503 : 200, status }
      }
      const status = last ?? 'unhealthy'
      // Saturated is not failed: taking a busy service out of traffic makes the others busier.
      return status === 'unhealthy' ? { code: 503, status } : { code: 200, status: 'saturated' }
    },

    /** The known status. `undefined` before the first answer. */
    statusOf(probe: Probe): HealthStatus | undefined {
      if (probe === 'live' && Atomics.load(memory, places.liveChecks) === 0) return 'healthy'
      return known.get(probe)
    },

    /** Checks whether the main thread has completed a turn. */
    look(): void {
      const now = performance.now()
      // A sleeping machine, a stopped process or a lack of processor time affects both threads and does not
      // count.
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

    /**
     * Requests the answers that a blocked main thread could not give: once at the start, and again when
     * checks are added.
     */
    askAhead(): void {
      const checks = Atomics.load(memory, places.checks)
      if (checks === checksAsked || Atomics.load(memory, places.stopping) === 1) return
      checksAsked = checks
      for (const probe of ['live', 'ready', 'startup'] as const)
        main.tell({ kind: 'question', probe, ahead: true })
    },

    /** The main thread cannot write it. Written in one non-blocking call: a full output must not delay the probes. */
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
        // The output is not readable. The main thread reports the block again if it recovers.
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
      // Parallel probes share one question to the main thread.
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
