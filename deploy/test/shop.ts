/** The services of the shop, and where each is built. */
export const SHOP = [
  { name: 'storefront', folder: appFolder('demo-fastify') },
  { name: 'orders', folder: appFolder('demo-express') },
  { name: 'payments', folder: appFolder('demo-koa') },
] as const

function appFolder(name: string): URL {
  return new URL(`../../apps/${name}/`, import.meta.url)
}
