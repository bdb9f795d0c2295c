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
}
