import { dirname, resolve } from 'node:path'

import { parseDocument } from 'yaml'

import { readJob } from './job.ts'
import { ConfigError, type PrometheusConfig } from './prometheus-file.ts'
import { type Findings, isFields, Section } from './section.ts'

/**
 * Reads the text of a configuration.
 *
 * @param file for messages, and as the origin of relative paths
 * @throws {ConfigError}
 */
export function parsePrometheusConfig(text: string, file: string): PrometheusConfig {
  const findings: Findings = { errors: [], notes: [] }
  const top = new Section(fieldsOf(text, file), '', findings)
  const folder = dirname(resolve(file))
  const global = top.section('global') ?? new Section({}, 'global', findings)
  const intervalMs = global.duration('scrape_interval') ?? 60_000
  const timeoutMs = global.duration('scrape_timeout') ?? Math.min(10_000, intervalMs)
  if (timeoutMs > intervalMs) global.error('scrape_timeout', 'at most the scrape_interval')
  const jobs = top.sections('scrape_configs')
  const scrapes = jobs.map((section) => readJob(section, { intervalMs, timeoutMs, folder }))
  for (const [index, { job }] of scrapes.entries())
    if (scrapes.findIndex((each) => each.job === job) < index)
      jobs[index]?.error('job_name', 'a name that no other job has')
  const ruleFiles = top.texts('rule_files').map((path) => resolve(folder, path))
  for (const section of [global, top])
    for (const name of section.unread()) section.note(`${section.placeOf(name)} is not used.`)
  if (findings.errors.length > 0)
    throw new ConfigError(findings.errors.map((error) => `${file}: ${error}`).join('\n'))
  return { scrapes, ruleFiles, notes: findings.notes.map((note) => `${file}: ${note}`) }
}

/** The mapping of a document. Its scalars are texts, as they stand in the file: `1.10` remains `1.10`. */
function fieldsOf(text: string, file: string): Readonly<Record<string, unknown>> {
  const document = parseDocument(text, { schema: 'failsafe', merge: true })
  if (document.errors.length > 0)
    throw new ConfigError(document.errors.map(({ message }) => `${file}: ${message}`).join('\n'))
  let value: unknown
  try {
    value = document.toJS()
  } catch (error) {
    // Such as too many aliases.
    throw new ConfigError(`${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (value === null || value === '') return {}
  if (isFields(value)) return value
  throw new ConfigError(`${file}: expected a mapping with scrape_configs`)
}
