#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

import { wishesFrom } from './options.ts'
import { plain } from './text/terminal.ts'
import { HELP, UsageError } from './usage.ts'

/** Each command is loaded when it is used: those that ask do not need the hub. */
async function main(): Promise<number> {
  refuseOldNode(process.versions.node)
  // Of this user only: the default folder is one that all users of the machine can write to.
  enableCompileCache(join(cacheFolder(process.env), 'sightline'))
  const wishes = wishesFrom(process.argv.slice(2))
  switch (wishes.command) {
    case 'help':
      process.stdout.write(`${HELP}\n`)
      return 0
    case 'version':
      process.stdout.write(`${versionOf()}\n`)
      return 0
    case 'hub': {
      const { serve } = await import('./commands/hub.ts')
      return serve(wishes.hub)
    }
    case 'run': {
      const { run } = await import('./commands/run.ts')
      return run(wishes)
    }
    case 'demo': {
      const { demo } = await import('./commands/demo.ts')
      return demo(wishes)
    }
    default: {
      const { asking } = await import('./commands/asking.ts')
      return asking(wishes)
    }
  }
}

/** The SQLite of older versions has no full-text index. */
function refuseOldNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < 22 || (major === 22 && minor < 16))
    throw new Error(`Node.js 22.16 or newer is needed, and this is ${version}`)
}

/** https://specifications.freedesktop.org/basedir-spec/latest/ */
function cacheFolder(env: NodeJS.ProcessEnv): string {
  return env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
}

function versionOf(): string {
  // The manifest of this package.
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}

// Such as `sightline logs | head`: the reader has what it wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})

// Node.js 22 warns of its SQLite, which its user can do nothing about.
process.removeAllListeners('warning').on('warning', ({ name, message }) => {
  if (name !== 'ExperimentalWarning') process.stderr.write(`${name}: ${plain(message)}\n`)
})

try {
  process.exitCode = await main()
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`sightline: ${message.split('\n').map(plain).join('\n')}\n`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
