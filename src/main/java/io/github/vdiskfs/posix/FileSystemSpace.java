// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.posix;

/**
 * The space of a file system, as statvfs(3) tells it.
 *
 * @param unitBytes the unit of the other figures
 * @param total all space
 * @param free space that root may still use
 * @param available space that everybody may still use
 */
public record FileSystemSpace(long unitBytes, long total, long free, long available) {}
