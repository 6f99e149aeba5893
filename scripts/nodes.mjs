import { execFileSync } from 'node:child_process'

/** The oldest Node.js that `engines` promises, and the newest. The one between them is what `pnpm test` runs on. */
export const OTHER_NODES = ['22.15.0', '26.10.0']

/** Where npx has put a Node.js of a version, once it has fetched it. */
export function pathOfNode(version) {
  const args = ['-y', '-p', `node@${version}`, '--', 'node', '--print', 'process.execPath']
  return execFileSync('npx', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim()
}
