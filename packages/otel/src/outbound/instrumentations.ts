import { createRequire, register } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { trace as traceApi, type TracerProvider } from '@opentelemetry/api'
import type { FaultReporter } from '@sightline/core/telemetry'

/** The interface that all OpenTelemetry instrumentations share. */
interface Instrumentation {
  setTracerProvider(provider: TracerProvider): void
  enable(): void
}

const PREFIX = '@opentelemetry/instrumentation-'
/** The loader hook that lets instrumentations patch ES modules. */
const ESM_HOOK = '@opentelemetry/instrumentation/hook.mjs'

/**
 * Loads and enables instrumentations that the application has installed, such as `pg`. A missing one is
 * reported and skipped.
 *
 * @returns the short names of the enabled ones
 */
export function loadInstrumentations(names: readonly string[], fault: FaultReporter): ReadonlySet<string> {
  const loaded = new Set<string>()
  // Resolves from the application's packages, not ours.
  const load = createRequire(join(process.cwd(), 'package.json'))
  let hooked = false
  for (const name of names) {
    const packageName = name.includes('/') ? name : `${PREFIX}${name}`
    try {
      const exported = load(packageName) as Record<string, unknown>
      const Made = Object.entries(exported).find(([each]) => each.endsWith('Instrumentation'))?.[1]
      if (typeof Made !== 'function') throw new Error(`${packageName} exports no instrumentation`)
      // The package's own loader hook. Its location depends on the package manager.
      if (!hooked) register(ESM_HOOK, pathToFileURL(load.resolve(packageName)))
      hooked = true
      // Every instrumentation can be constructed without options. It patches modules that are loaded later.
      const instrumentation = Reflect.construct(Made, []) as Instrumentation
      instrumentation.setTracerProvider(traceApi.getTracerProvider())
      instrumentation.enable()
      loaded.add(packageName.replace(PREFIX, ''))
    } catch (error) {
      fault(`the instrumentation ${packageName}`, error)
    }
  }
  return loaded
}
