/**
 * Asking the runtime what it was granted.
 *
 * @module
 */

/** State of one permission. Asking never prompts. */
export function queryPermission(descriptor: Deno.PermissionDescriptor): Deno.PermissionState {
  return Deno.permissions.querySync(descriptor).state;
}
