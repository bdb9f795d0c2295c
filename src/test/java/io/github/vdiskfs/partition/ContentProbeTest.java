// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdiskfs.disk.VirtualDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ContentProbeTest {
  private static final int SIZE = 1 << 20;
  private static final String UUID = "00010203-0405-0607-0809-0a0b0c0d0e0f";

  private final TableImage image = new TableImage(SIZE);

  private void putUuid(int at) {
    for (int i = 0; i < 16; i++) {
      image.bytes.put(at + i, (byte) i);
    }
  }

  private void putWide(int at, String text) {
    byte[] letters = text.getBytes(StandardCharsets.UTF_16LE);
    image.bytes.put(at, letters, 0, letters.length);
  }

  private void assertContent(String type, String label, String uuid) throws IOException {
    try (VirtualDisk disk = image.open()) {
      assertEquals(Optional.of(new Content(type, label, uuid)), ContentProbe.probe(disk));
    }
  }

  private void assertNothing() throws IOException {
    try (VirtualDisk disk = image.open()) {
      assertEquals(Optional.empty(), ContentProbe.probe(disk));
    }
  }

  @Test
  void zeroesAreNothing() throws IOException {
    assertNothing();
  }

  @Test
  void featuresTellTheExtFileSystemsApart() throws IOException {
    image.bytes.putShort(1024 + 56, (short) 0xEF53);
    image.put(1024 + 120, "sixteen letters!");
    putUuid(1024 + 104);
    assertContent("ext2", "sixteen letters!", UUID);
    image.bytes.putInt(1024 + 92, 0x4);
    assertContent("ext3", "sixteen letters!", UUID);
    image.bytes.putInt(1024 + 96, 0x40);
    assertContent("ext4", "sixteen letters!", UUID);
    image.bytes.putInt(1024 + 96, 0).putInt(1024 + 100, 0x400);
    assertContent("ext4", "sixteen letters!", UUID);
    image.bytes.putInt(1024 + 96, 0x8);
    assertContent("jbd", "sixteen letters!", UUID);
  }

  @Test
  void fileSystemsWithEverythingInItsPlace() throws IOException {
    image.put(0, "XFSB").put(108, "data\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.UTF_8));
    putUuid(32);
    assertContent("xfs", "data", UUID);
    image.put(0, "hsqs");
    assertContent("squashfs", "", "");
    image.put(0, "    ");
    image.put(65536 + 64, "_BHRfS_M");
    image.put(65536 + 299, "pool one");
    putUuid(65536 + 32);
    assertContent("btrfs", "pool one", UUID);
  }

  @Test
  void f2fsHasAWideLabel() throws IOException {
    image.bytes.putInt(1024, 0xF2F52010);
    putUuid(1024 + 108);
    putWide(1024 + 124, "t\u00e9l\u00e9phone");
    assertContent("f2fs", "t\u00e9l\u00e9phone", UUID);
  }

  @Test
  void luksHasALabelFromItsSecondVersionOn() throws IOException {
    image.put(0, "LUKS\u00ba\u00be\0\1");
    image.put(24, "aes\0").put(168, UUID.getBytes(StandardCharsets.UTF_8));
    assertContent("crypto_LUKS", "", UUID);
    image.bytes.put(7, (byte) 2);
    assertContent("crypto_LUKS", "aes", UUID);
  }

  @Test
  void aPhysicalVolumeIsLabelledInOneOfFourSectors() throws IOException {
    image.put(512, "LABELONE");
    image.put(512 + 24, "LVM2 001");
    image.bytes.putInt(512 + 20, 32);
    image.put(512 + 32, "abcdef0123456789ABCDEF0123456789");
    assertContent("LVM2_member", "", "abcdef-0123-4567-89AB-CDEF-0123-456789");
    image.bytes.putInt(512 + 20, -7);
    assertContent("LVM2_member", "", "");
  }

  @Test
  void swapEndsAPageOfAnySize() throws IOException {
    image.put(65536 - 10, "SWAPSPACE2");
    image.put(1052, "swap one");
    putUuid(1036);
    assertContent("swap", "swap one", UUID);
    image.put(4096 - 10, "S1SUSPEND");
    assertContent("swsuspend", "swap one", UUID);
  }

  @Test
  void sealedVolumesAreNotLookedInto() throws IOException {
    image.put(3, "-FVE-FS-");
    image.put(82, "FAT32   ");
    image.bytes.putShort(510, (short) 0xAA55);
    assertContent("BitLocker", "", "");
  }

  private void raid(int at, int offset) {
    image.bytes.putInt(at, 0xA92B4EFC).putInt(at + 4, 1).putLong(at + 144, offset / 512);
    image.put(at + 32, "host:0");
    putUuid(at + 16);
  }

  @Test
  void aRaidMemberSaysWhereItsSuperblockIs() throws IOException {
    raid(4096, 8192);
    assertNothing();
    raid(4096, 4096);
    assertContent("linux_raid_member", "host:0", UUID);
  }

  @Test
  void aRaidMemberMayEndWithItsSuperblock() throws IOException {
    raid(SIZE - 8192, SIZE - 8192);
    assertContent("linux_raid_member", "host:0", UUID);
  }

  @Test
  void anOldRaidMemberHasItsNumberInTwoPieces() throws IOException {
    int at = SIZE - 65536;
    image.bytes.putInt(at, 0xA92B4EFC).putInt(at + 8, 90);
    putUuid(at + 52);
    image.put(at + 20, "\7\6\5\4");
    assertContent("linux_raid_member", "", "04050607-0302-0100-0706-05040b0a0908");
  }

  private void fat(int record, String kind, int reserved) {
    image.bytes.putShort(510, (short) 0xAA55).putShort(11, (short) 512).put(13, (byte) 4);
    image.bytes.putShort(14, (short) reserved).put(16, (byte) 2).putShort(17, (short) 512);
    image.bytes.putInt(record + 3, 0x1234ABCD);
    image.put(record + 7, "NO NAME    ").put(record + 18, kind.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theLabelOfAFatIsInItsRootFolder() throws IOException {
    fat(36, "FAT16   ", 1);
    image.bytes.putShort(22, (short) 20);
    assertContent("vfat", "", "1234-ABCD");
    int root = 41 * 512;
    image.put(root, "\345ELETED    \10");
    image.put(root + 32, "A long name\17");
    image.put(root + 64, "A FOLDER   \20");
    image.put(root + 96, "THE LABEL  \10");
    assertContent("vfat", "THE LABEL", "1234-ABCD");
  }

  @Test
  void theRootFolderOfAWideFatIsACluster() throws IOException {
    fat(64, "FAT32   ", 32);
    image.bytes.putInt(36, 100).putInt(44, 3);
    image.put((232 + 4) * 512, "WIDE       \10");
    assertContent("vfat", "WIDE", "1234-ABCD");
    image.bytes.putInt(44, -1);
    assertContent("vfat", "", "1234-ABCD");
  }

  @Test
  void theLabelOfAnExfatIsAnEntryOfItsRootFolder() throws IOException {
    image.put(3, "EXFAT   ");
    image.bytes.putShort(510, (short) 0xAA55).putInt(100, 0x89ABCDEF);
    image.bytes.putInt(88, 64).putInt(96, 4).put(108, (byte) 9).put(109, (byte) 3);
    int root = 64 * 512 + 2 * 4096;
    image.bytes.put(root, (byte) 0x81).put(root + 32, (byte) 0x83).put(root + 33, (byte) 200);
    putWide(root + 34, "Eleven char and more");
    assertContent("exfat", "Eleven char", "89AB-CDEF");
    image.bytes.put(108, (byte) 255).put(109, (byte) 255).putInt(88, -1).putInt(96, -1);
    assertContent("exfat", "", "89AB-CDEF");
  }

  private int ntfs() {
    image.put(3, "NTFS    ");
    image.bytes.putShort(510, (short) 0xAA55).putShort(11, (short) 512).put(13, (byte) 8);
    image.bytes.putLong(48, 4).put(64, (byte) -10).putLong(72, 0x123456789ABCDEFL);
    int record = 4 * 4096 + 3 * 1024;
    image.put(record, "FILE");
    image.bytes.putShort(record + 4, (short) 48).putShort(record + 6, (short) 3);
    image.bytes.putShort(record + 20, (short) 56);
    return record;
  }

  private void attribute(int at, int type, int length) {
    image.bytes.putInt(at, type).putInt(at + 4, length);
  }

  @Test
  void theLabelOfAnNtfsIsAnAttributeOfAFile() throws IOException {
    int record = ntfs();
    assertContent("ntfs", "", "0123456789ABCDEF");
    attribute(record + 56, 0x10, 424);
    attribute(record + 480, 0x60, 64);
    image.bytes.putInt(record + 480 + 16, 10).putShort(record + 480 + 20, (short) 24);
    // The letter at the end of the sector stands in the list at 48.
    putWide(record + 504, "abcde");
    image.bytes.putShort(record + 510, (short) 1).putShort(record + 50, (short) 'd');
    image.bytes.putShort(record + 52, (short) 0);
    assertContent("ntfs", "abcde", "0123456789ABCDEF");
  }

  @Test
  void attributesThatLeadNowhereEnd() throws IOException {
    int record = ntfs();
    for (int length : new int[] {0, -16, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      attribute(record + 56, 0x10, length);
      assertContent("ntfs", "", "0123456789ABCDEF");
    }
    image.bytes.putLong(48, Long.MAX_VALUE).put(13, (byte) 0x81);
    assertContent("ntfs", "", "0123456789ABCDEF");
  }

  private void descriptor(int sector, int type, String label) {
    image.put(sector * 2048, (char) type + "CD001");
    image.put(sector * 2048 + 40, label);
  }

  @Test
  void anIsoIsDatedInsteadOfNumbered() throws IOException {
    descriptor(16, 1, "INSTALLER                       ");
    image.put(16 * 2048 + 813, "2026013123595900");
    assertContent("iso9660", "INSTALLER", "2026-01-31-23-59-59-00");
    image.put(16 * 2048 + 830, "2026020100000001");
    assertContent("iso9660", "INSTALLER", "2026-02-01-00-00-00-01");
  }

  @Test
  void theRichLabelOfAnIsoIsCompleted() throws IOException {
    descriptor(16, 1, "THE_NAME_OF_SIXTEEN_AND_MORE");
    descriptor(17, 2, "\0T\0h\0e\0 \0n\0a\0m\0e\0 \0o\0f\0 \0s\0i\0x\0t");
    image.put(17 * 2048 + 88, "%/E");
    assertContent("iso9660", "The name of sixtEEN_AND_MORE", "");
  }

  private void udf(int length, int block) {
    image.put(16 * 2048, "\0BEA01").put(17 * 2048, "\0NSR03".getBytes(StandardCharsets.UTF_8));
    int anchor = 256 * 512;
    image.bytes.putShort(anchor, (short) 2).putInt(anchor + 12, 256);
    image.bytes.putInt(anchor + 16, length).putInt(anchor + 20, block);
  }

  @Test
  void anUdfIsDescribedBehindItsAnchor() throws IOException {
    udf(16 * 512, 300);
    int primary = 300 * 512;
    image.bytes.putShort(primary, (short) 1).put(primary + 72 + 127, (byte) 25);
    image.put(primary + 72, "\10" + "0123456789ABCDEFLinuxUDF");
    int logical = 303 * 512;
    image.bytes.putShort(logical, (short) 6).put(logical + 84 + 127, (byte) 5);
    image.put(logical + 84, "\20\0a\0b");
    assertContent("udf", "ab", "0123456789abcdef");
  }

  @Test
  void anUdfWhoseRowLiesElsewhereHasNoLabel() throws IOException {
    udf(-1, -1);
    assertContent("udf", "", "");
    udf(-1, 0);
    assertContent("udf", "", "");
  }
}
