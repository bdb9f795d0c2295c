// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.disk.Volume;
import io.github.vdiskfs.mount.ImageDirectory.Disk;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind a file handle.
 *
 * @param file by which name it was opened
 * @param caching how the kernel was told to cache it
 * @param dropped what is clean as soon as somebody reads through this handle, or null
 */
record OpenVolume(
    Disk file,
    SharedDisk shared,
    Volume volume,
    CachedPages.Caching caching,
    CachedPages.@Nullable Pages dropped) {}
