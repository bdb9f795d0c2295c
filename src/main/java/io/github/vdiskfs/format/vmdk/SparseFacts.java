// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import org.jspecify.annotations.Nullable;

/**
 * What the header of a sparse extent says to those who write or check it.
 *
 * @param readOnly why such an extent is not written, or null
 * @param unclean the last writer did not close the file
 * @param reservedSectors sectors at the start of the file where no new grain or table goes
 * @param descriptorSector where there is room for a descriptor, empty or not
 * @param descriptorSectors size of that room; 0 where there is none
 * @param growable the extent is still empty and has room for the tables of a larger one
 */
record SparseFacts(
    @Nullable String readOnly,
    boolean unclean,
    long reservedSectors,
    long descriptorSector,
    long descriptorSectors,
    boolean growable) {}
