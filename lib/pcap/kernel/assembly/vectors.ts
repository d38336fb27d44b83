/** Four words at a time. AssemblyScript. */

@inline
export function splat(word: u32): v128 {
  return i32x4.splat(word as i32);
}

/** Which octet goes where in {@link swapped}. In a variable, as a constant is made anew at every use. */
let swap: v128 = i64x2(0, 0);
/** Turns the key of a packet round: addresses, and the halves of the ports. */
export let turn: v128 = i64x2(0, 0);

/** Told once. */
export function bindVectors(): void {
  swap = i8x16(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
  turn = i8x16(4, 5, 6, 7, 0, 1, 2, 3, 10, 11, 8, 9, 12, 13, 14, 15);
}

/** Words in network byte order turned to that of the machine, or back. */
@inline
export function swapped(words: v128): v128 {
  return i8x16.relaxed_swizzle(words, swap);
}

/** First two words of `a` and `b` by turns. */
@inline
export function lows(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 0, 4, 1, 5);
}

/** Last two words of `a` and `b` by turns. */
@inline
export function highs(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 2, 6, 3, 7);
}

@inline
export function lowHalves(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(a, b, 0, 2);
}

@inline
export function highHalves(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(a, b, 1, 3);
}

/** `words` where `mask` is set. */
@inline
export function where(mask: v128, words: v128): v128 {
  return v128.and(mask, words);
}

@inline
export function plus(a: v128, b: v128): v128 {
  return i32x4.add(a, b);
}

/** One of the words. */
@inline
export function word0(words: v128): u32 {
  return i32x4.extract_lane(words, 0) as u32;
}

@inline
export function word1(words: v128): u32 {
  return i32x4.extract_lane(words, 1) as u32;
}

@inline
export function word2(words: v128): u32 {
  return i32x4.extract_lane(words, 2) as u32;
}

@inline
export function word3(words: v128): u32 {
  return i32x4.extract_lane(words, 3) as u32;
}

/** The first octets of the four words, then their second ones, and so on. */
@inline
export function byOctet(words: v128): v128 {
  return i8x16.shuffle(words, words, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
}
