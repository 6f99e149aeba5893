import type { Signal } from '@sightline/otlp'

import type { Settings } from './settings.ts'

const SIGNALS: readonly Signal[] = ['traces', 'metrics', 'logs']

const HOSTS = { private: 'private hosts', all: 'all hosts', none: 'no host' } as const

/** Two lines: the destination of each signal, and the sampling rules. */
export function summaryOf(settings: Settings): string {
  const destinations = new Map<string, string[]>()
  for (const signal of SIGNALS) {
    const where = destinationOf(settings, signal)
    destinations.set(where, [...(destinations.get(where) ?? []), signal])
  }
  const sent = Array.from(destinations, ([where, signals]) => `${signals.join(', ')} ${where}`).join('; ')
  return `sightline: ${sent}\nsightline: ${rulesOf(settings)}\n`
}

function destinationOf({ signals }: Settings, signal: Signal): string {
  const { exporters, url, encoding, compress } = signals[signal]
  const ways: string[] = []
  if (exporters.includes('otlp')) {
    const { origin, pathname } = new URL(url)
    const base = pathname === `/v1/${signal}` ? origin : `${origin}${pathname}`
    ways.push(`go to ${base} (http/${encoding}${compress ? ', gzip' : ''})`)
  }
  // Lines are shown by the log, and numbers are not for reading as they come.
  if (exporters.includes('console') && signal === 'traces') ways.push('are shown here')
  return ways.join(' and ') || 'are not sent'
}

function rulesOf(settings: Settings): string {
  const { sampling, propagateTo, propagators, outbound, instrumentations } = settings
  const { ratio = 1, parent = true, routes, keepErrors, keepSlow } = sampling
  const rules = [
    `${ratio * 100} % of traces${parent ? ' that no caller has decided about' : ''}`,
    ...(routes ? [`${Object.keys(routes).length} rules by path`] : []),
    ...(keepErrors ? ['all errors'] : []),
    ...(keepSlow === undefined ? [] : [`all from ${keepSlow} ms`]),
  ]
  const named = typeof propagateTo === 'string' ? HOSTS[propagateTo] : 'private hosts and those listed'
  const hosts = propagators.trace ? named : HOSTS.none
  const out = outbound ? ['fetch', 'http', ...instrumentations] : instrumentations
  return `recorded: ${rules.join(', ')}; outbound: ${out.join(', ') || 'nothing'}; trace headers to: ${hosts}`
}
