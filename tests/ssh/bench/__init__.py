"""A board to log in to: a real sshd on the loopback interface, behind which everything that a board
would tell lies below one folder, and programs run on the virtual PYNQ device."""
