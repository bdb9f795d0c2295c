// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

/**
 * Whose the files of a mount seem to be.
 *
 * @param uid shown instead of the image's owner, or -1
 * @param gid shown instead of the image's group, or -1
 * @param umask permission bits that are taken away
 */
public record Ownership(int uid, int gid, int umask) {
  /** Every file as its image. */
  public static final Ownership OF_IMAGE = new Ownership(-1, -1, 0);
}
