import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The URL of `@sightline/otel/register`, if the application in the folder has it. */
export function registerOf(folder: string): string | undefined {
  try {
    return pathToFileURL(createRequire(join(folder, 'package.json')).resolve('@sightline/otel/register')).href
  } catch {
    return undefined
  }
}

/** The URL of this package's preload, beside this file in its sources and in its build. */
export function preloadUrl(): string {
  return new URL(import.meta.url.endsWith('.ts') ? './preload.ts' : './preload.js', import.meta.url).href
}
