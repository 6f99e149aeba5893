export { sqliteStore as openStore } from './store.ts'
