/** Numbers in network byte order. AssemblyScript. */

@inline
export function be16(at: u32): u32 {
  return bswap<u16>(load<u16>(at)) as u32;
}

@inline
export function be32(at: u32): u32 {
  return bswap<u32>(load<u32>(at));
}
