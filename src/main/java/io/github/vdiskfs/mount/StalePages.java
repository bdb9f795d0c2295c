// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

/**
 * A range of a file that the kernel may have cached as it was before a change.
 *
 * @param node the kernel's number of the file
 * @param length bytes, or 0 for all that follow
 */
public record StalePages(long node, long offset, long length) {
  /** A whole file. */
  public static StalePages allOf(long node) {
    return new StalePages(node, 0, 0);
  }

  /** The least range that covers this one and another of the same file. */
  public StalePages join(StalePages other) {
    if (length == 0 || other.length == 0) {
      return new StalePages(node, Math.min(offset, other.offset), 0);
    }
    long start = Math.min(offset, other.offset);
    return new StalePages(
        node, start, Math.max(offset + length, other.offset + other.length) - start);
  }
}
