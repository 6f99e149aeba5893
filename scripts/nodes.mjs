import { execFileSync } from 'node:child_process'

/** The oldest Node.js version of `engines`, and the newest. `pnpm test` itself runs on one between them. */
export const OTHER_NODES = ['22.15.0', '26.10.0']

/** The path of a Node.js version that npx has fetched. */
export function pathOfNode(version) {
  const args = ['-y', '-p', `node@${version}`, '--', 'node', '--print', 'process.execPath']
  return execFileSync('npx', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim()
}
