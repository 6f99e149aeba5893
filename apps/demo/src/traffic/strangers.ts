import { randomBytes } from 'node:crypto'

import { between, happens, oneOf } from './chance.ts'
import type { Visitor } from './visit.ts'

/** Paths that scanners usually try. */
const WELL_KNOWN = [
  '/wp-login.php',
  '/.env',
  '/.git/config',
  '/phpmyadmin/index.php',
  '/admin.php',
  '/actuator/env',
  '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php',
  '/cgi-bin/.%2e/.%2e/bin/sh',
  '//admin',
  '/%ZZ',
] as const

/** Tries one path after another, almost without pauses. */
export const scan: Visitor = async ({ browser, think }) => {
  for (let doors = between(4, 14); doors > 0; doors--) {
    const path = happens(0.5) ? oneOf(WELL_KNOWN) : `/${randomBytes(between(2, 8)).toString('hex')}.php`
    await browser.ask(oneOf(['GET', 'GET', 'GET', 'HEAD', 'POST']), path)
    await think(5, 40)
  }
}

/** Navigates away before there can be a response. */
export const clickAway: Visitor = async ({ browser, think }) => {
  for (let clicks = between(2, 6); clicks > 0; clicks--) {
    const path = oneOf(['/products', '/search?q=coffee', '/customers/customer-1/orders'])
    await browser.ask('GET', path, { patienceMs: happens(0.7) ? between(0, 1) : 500 })
    await think(10, 120)
  }
}
