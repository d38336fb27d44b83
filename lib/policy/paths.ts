/**
 * Whether a file lies in one of the directories that may be read. Text only: paths come in with
 * every symbolic link resolved, or the answer means nothing.
 *
 * @module
 */

/**
 * The first root that is `path` or holds it, or null. All are real, absolute and without final
 * separator; a Windows root is told by its drive letter or its two backslashes.
 */
export function enclosingRoot(path: string, roots: readonly string[]): string | null {
  return roots.find((root) => {
    const separator = /^(?:[A-Za-z]:\\|\\\\)/.test(root) ? "\\" : "/";
    // "/" and "C:\" end in their separator already.
    const beneath = root.endsWith(separator) ? root : root + separator;
    return path === root || path.startsWith(beneath);
  }) ?? null;
}
