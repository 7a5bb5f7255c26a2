#!/bin/sh
# Process 1 of the namespaces that `cargo xtask dist --test` makes: lays this machine's files under a layer that is gone with the
# namespaces, and becomes systemd on them.
set -eu
folder=$1
mount --make-rprivate /
mount -t tmpfs -o size=2g,mode=755 tmpfs "$folder"
root=$folder/root
mkdir "$folder/upper" "$folder/work" "$root"
mount -t overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" overlay "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"

# Devices of its own: what systemd does to a console or a disk must not be done to this machine's.
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
    : > "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"

# There is no network to wait for, and nothing of this machine's is to start.
for unit in systemd-networkd-wait-online.service NetworkManager-wait-online.service systemd-udevd.service; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
ip link set lo up
export container=uketsuke-test
# Not chroot alone: who lives in one may make no user namespace (PrivateUsers=).
cd "$root"
pivot_root . mnt
exec chroot . sh -c 'umount --lazy /mnt; exec /lib/systemd/systemd --system --unit=basic.target --show-status=no'
