import type { Stage } from './stage.ts'

/** An outage, and its permitted consequences. */
export interface Scenario {
  readonly name: string
  /** Items per second of each of the three signals. */
  readonly perSecond: number
  /** Milliseconds before the outage. */
  readonly healthyMs: number
  /** Plays the outage. The sink is healthy again at the end. */
  play(stage: Stage): Promise<void>
  /** Whether responses get lost, so that items arrive twice. */
  readonly losesAnswers?: true
  /** Whether the queue overflows: dropped items are then counted. */
  readonly overflows?: true
}

const SECOND = 1_000

export const SCENARIOS: readonly Scenario[] = [
  outage('refused, 30 s', 30, 'refused'),
  outage('refused, 120 s', 120, 'refused'),
  outage('never answers, 30 s', 30, 'silent'),
  {
    ...outage('frozen, 30 s', 30, 'well'),
    losesAnswers: true,
    async play({ freeze, thaw, pass }) {
      freeze()
      await pass(30 * SECOND)
      await thaw()
    },
  },
  outage('503 + Retry-After: 15, 30 s', 30, 'busy'),
  outage('429, 30 s', 30, 'limited'),
  {
    ...outage('flapping, 60 s', 60, 'refused'),
    async play({ become, pass }) {
      for (let turn = 0; turn < 10; turn++) {
        await become('refused')
        await pass(3 * SECOND)
        await become('well')
        await pass(3 * SECOND)
      }
    },
  },
]

/** Runs alone on the machine: memory and latency are measured. */
export const STORM: Scenario = {
  ...outage('1,000/s, refused, 300 s', 300, 'refused'),
  perSecond: 1_000,
  healthyMs: 120 * SECOND,
  overflows: true,
}

function outage(name: string, seconds: number, mode: Parameters<Stage['become']>[0]): Scenario {
  return {
    name,
    perSecond: 100,
    healthyMs: 5 * SECOND,
    async play({ become, pass }) {
      await become(mode)
      await pass(seconds * SECOND)
      await become('well')
    },
  }
}
