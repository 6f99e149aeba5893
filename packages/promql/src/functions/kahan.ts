/** A sum that carries what rounding loses (Kahan's summation with Neumaier's improvement). */
export class KahanSum {
  sum = 0
  carry = 0

  add(value: number): void {
    const next = this.sum + value
    if (Math.abs(this.sum) >= Math.abs(value)) this.carry += this.sum - next + value
    else this.carry += value - next + this.sum
    this.sum = next
  }

  /** The sum with its correction. */
  get total(): number {
    return this.sum + this.carry
  }
}
