// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.util.Map;

/** Words for the common types of partitions. */
final class TypeNames {
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("1", "FAT12"),
          Map.entry("4", "FAT16 <32M"),
          Map.entry("5", "Extended"),
          Map.entry("6", "FAT16"),
          Map.entry("7", "HPFS/NTFS/exFAT"),
          Map.entry("b", "W95 FAT32"),
          Map.entry("c", "W95 FAT32 (LBA)"),
          Map.entry("e", "W95 FAT16 (LBA)"),
          Map.entry("f", "W95 Ext'd (LBA)"),
          Map.entry("11", "Hidden FAT12"),
          Map.entry("14", "Hidden FAT16 <32M"),
          Map.entry("16", "Hidden FAT16"),
          Map.entry("17", "Hidden HPFS/NTFS"),
          Map.entry("1b", "Hidden W95 FAT32"),
          Map.entry("1c", "Hidden W95 FAT32 (LBA)"),
          Map.entry("1e", "Hidden W95 FAT16 (LBA)"),
          Map.entry("27", "Hidden NTFS WinRE"),
          Map.entry("41", "PPC PReP Boot"),
          Map.entry("42", "SFS"),
          Map.entry("82", "Linux swap / Solaris"),
          Map.entry("83", "Linux"),
          Map.entry("85", "Linux extended"),
          Map.entry("8e", "Linux LVM"),
          Map.entry("a5", "FreeBSD"),
          Map.entry("a6", "OpenBSD"),
          Map.entry("a9", "NetBSD"),
          Map.entry("af", "HFS / HFS+"),
          Map.entry("bf", "Solaris"),
          Map.entry("ee", "GPT"),
          Map.entry("fb", "VMware VMFS"),
          Map.entry("ef", "EFI (FAT-12/16/32)"),
          Map.entry("fd", "Linux raid autodetect"),
          Map.entry("C12A7328-F81F-11D2-BA4B-00A0C93EC93B", "EFI System"),
          Map.entry("21686148-6449-6E6F-744E-656564454649", "BIOS boot"),
          Map.entry("0FC63DAF-8483-4772-8E79-3D69D8477DE4", "Linux filesystem"),
          Map.entry("0657FD6D-A4AB-43C4-84E5-0933C84B4F4F", "Linux swap"),
          Map.entry("E6D6D379-F507-44C2-A23C-238F2A3DF928", "Linux LVM"),
          Map.entry("A19D880F-05FC-4D3B-A006-743F0F84911E", "Linux RAID"),
          Map.entry("BC13C2FF-59E6-4262-A352-B275FD6F7172", "Linux extended boot"),
          Map.entry("4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709", "Linux root (x86-64)"),
          Map.entry("B921B045-1DF0-41C3-AF44-4C6F280D3FAE", "Linux root (ARM-64)"),
          Map.entry("933AC7E1-2EB4-4F13-B844-0E14E2AEF915", "Linux home"),
          Map.entry("EBD0A0A2-B9E5-4433-87C0-68B6B72699C7", "Microsoft basic data"),
          Map.entry("E3C9E316-0B5C-4DB8-817D-F92DF00215AE", "Microsoft reserved"),
          Map.entry("DE94BBA4-06D1-4D40-A16A-BFD50179D6AC", "Windows recovery environment"),
          Map.entry("516E7CB4-6ECF-11D6-8FF8-00022D09712B", "FreeBSD data"),
          Map.entry("516E7CB6-6ECF-11D6-8FF8-00022D09712B", "FreeBSD UFS"),
          Map.entry("48465300-0000-11AA-AA11-00306543ECAC", "Apple HFS/HFS+"),
          Map.entry("83BD6B9D-7F41-11DC-BE0B-001560B84F0F", "FreeBSD boot"),
          Map.entry("516E7CB5-6ECF-11D6-8FF8-00022D09712B", "FreeBSD swap"),
          Map.entry("516E7CBA-6ECF-11D6-8FF8-00022D09712B", "FreeBSD ZFS"),
          Map.entry("7C3457EF-0000-11AA-AA11-00306543ECAC", "Apple APFS"),
          Map.entry("53746F72-6167-11AA-AA11-00306543ECAC", "Apple Core storage"),
          Map.entry("5808C8AA-7E8F-42E0-85D2-E1E90434CFB3", "Microsoft LDM metadata"),
          Map.entry("AF9B60A0-1431-4F62-BC68-3311714A69AD", "Microsoft LDM data"),
          Map.entry("E75CAF8F-F680-4CEE-AFA3-B001E56EFC2D", "Microsoft Storage Spaces"),
          Map.entry("AA31E02A-400F-11DB-9590-000C2911D1B8", "VMware VMFS"),
          Map.entry("824CC7A0-36A8-11E3-890A-952519AD3F61", "OpenBSD data"),
          Map.entry("49F48D5A-B10E-11DC-B99B-0019D1879648", "NetBSD FFS"),
          Map.entry("9E1A2D38-C612-4316-AA26-8B49521E5A8B", "PowerPC PReP boot"),
          Map.entry("3B8F8425-20E0-4F3B-907F-1A25A76F98E8", "Linux server data"),
          Map.entry("4D21B016-B534-45C2-A9FB-5C16E091FD2D", "Linux variable data"),
          Map.entry("7EC6F557-3BC5-4ACA-B293-16EF5DF639D1", "Linux temporary data"),
          Map.entry("8484680C-9521-48C6-9C11-B0720656F69E", "Linux /usr (x86-64)"),
          Map.entry("8DA63339-0007-60C0-C436-083AC8230908", "Linux reserved"),
          Map.entry("6A85CF4D-1DD2-11B2-99A6-080020736631", "Solaris root"),
          Map.entry("6A898CC3-1DD2-11B2-99A6-080020736631", "Solaris /usr & Apple ZFS"));

  private TypeNames() {}

  /** The words for a type, or the type itself. */
  static String of(String type) {
    return NAMES.getOrDefault(type, type);
  }
}
