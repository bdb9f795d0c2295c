// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.posix.FileStatus.Time;

/**
 * What stat(2) says of a name in the mount.
 *
 * @param mode type and permission bits
 * @param blocks units of 512 bytes
 */
public record Attributes(
    int mode,
    int links,
    long inode,
    int uid,
    int gid,
    long size,
    long blocks,
    Time accessed,
    Time modified,
    Time changed) {}
