/** A time of the shop's day, and its traffic. */
export interface Moment {
  /** Such as `14:30`. */
  readonly clock: string
  /** The current event. Usually empty. */
  readonly happening: string
  /** New visits per second. */
  readonly visitRate: number
  /** Whether the faulty release of payments is out. */
  readonly isIncident: boolean
}

/** The shop's day: shorter than a real one, with the same shape. */
export type Day = (elapsedMs: number) => Moment

/** Visits per second at the busiest hour. */
const BUSIEST = 9
const OPENING_HOUR = 7
/** The faulty release is deployed, and rolled back. Hours are numbers: 10.5 is half past ten. */
const INCIDENT = { from: 13, to: 17 }
/** Where a day that shows the incident begins. */
const BEFORE_INCIDENT = 12

/**
 * Load at the start of each hour, as a share of the maximum: quiet at night, peaks at lunch and in the
 * evening.
 */
const HOURS = [
  0.12, 0.08, 0.06, 0.05, 0.05, 0.08, 0.18, 0.35, 0.5, 0.6, 0.65, 0.72, 0.85, 0.8, 0.68, 0.65, 0.68, 0.78,
  0.88, 0.97, 1, 0.85, 0.55, 0.28,
]

/** Traffic bursts. */
const BURSTS = [
  { from: 10, to: 10.75, times: 3, happening: 'the newsletter is out' },
  { from: 18, to: 18.5, times: 4, happening: 'flash sale' },
]

/**
 * Creates a day that starts at seven in the morning and repeats.
 *
 * @param lengthMs length of the whole day
 * @param startsAtIncident whether it starts an hour before the incident
 */
export function createDay(lengthMs: number, startsAtIncident = false): Day {
  const opening = startsAtIncident ? BEFORE_INCIDENT : OPENING_HOUR
  return (elapsedMs) => {
    const hour = (opening + (elapsedMs / lengthMs) * 24) % 24
    const burst = BURSTS.find(({ from, to }) => hour >= from && hour < to)
    const isIncident = hour >= INCIDENT.from && hour < INCIDENT.to
    return {
      clock: clockOf(hour),
      happening: burst?.happening ?? (isIncident ? 'payments 1.4.2 is out' : ''),
      visitRate: BUSIEST * busyness(hour) * (burst?.times ?? 1),
      isIncident,
    }
  }
}

function busyness(hour: number): number {
  const before = Math.floor(hour)
  const here = HOURS[before] ?? 0
  const next = HOURS[(before + 1) % 24] ?? 0
  return here + (next - here) * (hour - before)
}

function clockOf(hour: number): string {
  const minutes = Math.floor((hour % 1) * 60)
  return `${String(Math.floor(hour)).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
}
