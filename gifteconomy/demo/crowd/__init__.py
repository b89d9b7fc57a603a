"""Invented people who fill a room through the same pages and sockets as everybody."""
