// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import java.util.EnumSet;
import java.util.Set;

/**
 * What a mount shows of its images, and what it allows.
 *
 * @param pageCache false where every read shall come to us
 * @param writeBases images that others are based on may be written
 * @param folders what images have beside their disks
 */
public record MountPolicy(
    Ownership ownership, boolean pageCache, boolean writeBases, Set<ImageFolder> folders) {
  /** What there is without any option. */
  public static final MountPolicy DEFAULT =
      new MountPolicy(Ownership.OF_IMAGE, true, false, EnumSet.allOf(ImageFolder.class));

  public MountPolicy {
    folders = Set.copyOf(folders);
  }
}
