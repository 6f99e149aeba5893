import { join } from 'node:path'

import { KeptLog } from '../kept-log.ts'
import { readMetrics, settled } from '../readings.ts'
import { launchService, type RunningService } from '../service-process.ts'
import { PLANS } from '../services.ts'
import { type Entrance, openEntrance } from './entrance.ts'
import { type Release, SOUND } from './releases.ts'

/** The payments service, whose releases are deployed without closing it. */
export interface Payments extends RunningService {
  /** The version that gets new requests. */
  readonly version: string
  /**
   * Starts a release, leads new requests to it, and stops the one before when its last request has ended.
   *
   * @throws {Error} if the release does not start, or the one before does not end
   */
  deploy(release: Release): Promise<void>
}

const PLAN = PLANS.payments

/** Starts the sound release behind an address that stays. */
export async function startPayments(setup: {
  readonly logFolder: string
  readonly variables: Readonly<Record<string, string>>
}): Promise<Payments> {
  const log = new KeptLog(join(setup.logFolder, `${PLAN.name}.log`))
  const entrance = await openEntrance(PLAN.port)
  const start = (release: Release) => launchRelease(release, log, setup)
  try {
    const first = await start(SOUND)
    entrance.leadTo(first.url)
    return replaceable(first, { entrance, log, start })
  } catch (error) {
    await entrance.close()
    log.close()
    throw error
  }
}

function launchRelease(
  { version, module }: Release,
  log: KeptLog,
  { logFolder, variables }: Parameters<typeof startPayments>[0],
): Promise<RunningService> {
  return launchService({ ...PLAN, module }, 0, log, {
    ...variables,
    SIGHTLINE_VERSION: version,
    // Two releases run side by side during a deployment.
    DATABASE_PATH: join(logFolder, 'payments.db'),
  })
}

function replaceable(
  first: RunningService,
  parts: {
    readonly entrance: Entrance
    readonly log: KeptLog
    readonly start: (release: Release) => Promise<RunningService>
  },
): Payments {
  const { entrance, log, start } = parts
  let current = first
  let version = SOUND.version
  let deploying: Promise<void> = Promise.resolve()
  const replaced: string[] = []
  const { promise: ended, resolve: end } = Promise.withResolvers<string>()

  /** A process that ends is the end of the service, unless it was replaced. */
  function watch(process: RunningService): void {
    void process.ended.then((how) => {
      if (process === current) end(how)
    })
  }
  watch(first)

  async function replace(release: Release): Promise<void> {
    const before = current
    const next = await start(release)
    current = next
    version = release.version
    watch(next)
    entrance.leadTo(next.url)
    await settled(before)
    replaced.push(await readMetrics(before))
    const how = await before.stop()
    if (how !== 'with code 0') throw new Error(`payments ${how} when it was replaced: see ${log.file}`)
  }

  let stopping: Promise<string> | undefined
  async function stop(): Promise<string> {
    await deploying.catch(() => undefined)
    const how = await current.stop()
    await entrance.close()
    log.close()
    return how
  }

  return {
    name: PLAN.name,
    framework: PLAN.framework,
    url: entrance.url,
    log,
    ended,
    replaced,
    get version() {
      return version
    },
    deploy: (release) => (deploying = deploying.then(() => replace(release))),
    stop: () => (stopping ??= stop()),
    kill: () => current.kill(),
  }
}
